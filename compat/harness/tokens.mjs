// Reading the protocol's own tokens with the reference's rules, from first
// principles: a signed cookie, a JWT, the session cache. It uses no code of either
// server, so it notices when one of them signs something else than it says.

import { createHmac } from 'node:crypto';

const hmac = (secret, text, encoding) => createHmac('sha256', secret).update(text).digest(encoding);

/** `value.signature` as cookies and bearer headers carry it; percent-encoded in cookies. */
export function readSigned(wire, secrets) {
  const encoded = wire.includes('%');
  let text = wire;
  try {
    text = encoded ? decodeURIComponent(wire) : wire;
  } catch {
    return undefined;
  }
  const split = text.lastIndexOf('.');
  const [value, signature] = [text.slice(0, split), text.slice(split + 1)];
  if (split < 1 || !/^[A-Za-z0-9+/]{43}=$/.test(signature)) return undefined;
  const valid = secrets.some((secret) => hmac(secret, value, 'base64') === signature);
  // A server that percent-encodes differently is still read, but it shows.
  const canonical = !encoded || wire === encodeURIComponent(text);
  return { value, valid, encoded, canonical };
}

/** A cookie value signed as the reference signs it. */
export function sign(value, secret) {
  return encodeURIComponent(`${value}.${hmac(secret, value, 'base64')}`);
}

export const JWT = /\beyJ[\w-]+\.eyJ[\w-]+\.[\w-]+/g;

/** Header and claims; the signature is checked only where it needs no public key. */
export function readJwt(text, secrets) {
  const [head, claims, signature] = text.split('.');
  const header = JSON.parse(Buffer.from(head, 'base64url').toString());
  const valid = header.alg === 'HS256' ? secrets.some((secret) => hmac(secret, `${head}.${claims}`, 'base64url') === signature) : undefined;
  return { header, claims: JSON.parse(Buffer.from(claims, 'base64url').toString()), valid, length: signature.length };
}

/** The session cache cookie in its compact form: its JSON, and whether the signature over that JSON holds. */
export function readCache(wire, secrets) {
  let outer;
  try {
    outer = JSON.parse(Buffer.from(decodeURIComponent(wire), 'base64url').toString());
  } catch {
    return undefined;
  }
  const { session, expiresAt, signature } = outer;
  const signedText = JSON.stringify({ ...session, expiresAt });
  return { ...outer, valid: secrets.some((secret) => hmac(secret, signedText, 'base64url') === signature) };
}
