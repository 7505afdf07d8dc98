// Known answers made by the Node library itself.
//
//   node make.mjs <node_modules>                  writes the .json files beside this script
//   node make.mjs <node_modules> --check <file>   lets the Node library read what Rust wrote into <file>
//
// <node_modules> is a folder with better-auth 1.7.25 in it. The library's own files are loaded by path, because some of
// what is needed here is not exported. The clock is fixed; salts, nonces and identifiers are random, so a second run
// writes other vectors of the same kind.

import { readFile, writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

const NOW_MS = 1_767_225_600_789;
const SystemDate = Date;
globalThis.Date = class extends SystemDate {
	constructor(...parts) {
		super(...(parts.length ? parts : [NOW_MS]));
	}
	static now() {
		return NOW_MS;
	}
};

const [modules, mode, file] = process.argv.slice(2);
if (!modules || (mode !== undefined && (mode !== "--check" || !file))) {
	console.error("usage: node make.mjs <node_modules> [--check <file>]");
	process.exit(2);
}
const load = (path) => import(pathToFileURL(resolve(modules, path)));

const { hashPassword, verifyPassword } = await load("better-auth/dist/crypto/password.mjs");
const { symmetricEncrypt, symmetricDecrypt } = await load("better-auth/dist/crypto/index.mjs");
const { derivePurposeKey } = await load("better-auth/dist/crypto/purpose.mjs");
const { buildSecretConfig, parseSecretsEnv } = await load("better-auth/dist/context/secret-utils.mjs");
const { setCookieCache, decodeCookieCache } = await load("better-auth/dist/cookies/index.mjs");
const { parseCookies, serializeSignedCookie } = await load("better-call/dist/cookies.mjs");
const { createInternalContext } = await load("better-call/dist/context.mjs");

const SECRET = "vectors-only-secret-0123456789-abcdef";
const AWKWARD = "\"quoted\" back\\slash /slash \b\f\n\r\t\0\u001f\u007f \u2028\u2029 <b>&amp;</b> é ﬁ 日本 👩‍💻";
const RINGS = {
	single: { single: SECRET },
	unicode: { single: "schlüssel-🔑-%" },
	versioned: { versioned: "12:current-secret-with-colon:inside,3:older-secret" },
	withLegacy: { versioned: "1:current-secret", legacy: SECRET },
};

/** The two values a running server has: the secret that signs, and the configuration that encrypts. */
function configured({ single, versioned, legacy }) {
	if (single !== undefined) return { secret: single, secretConfig: single };
	const secrets = parseSecretsEnv(versioned);
	return { secret: secrets[0].value, secretConfig: buildSecretConfig(secrets, legacy) };
}

/** As much of a request's context as the session cache looks at. */
function context(ring, strategy, version, maxAge) {
	const cookies = [];
	return {
		cookies,
		headers: new Headers(),
		setCookie: (name, value) => cookies.push(value),
		context: {
			...configured(ring),
			options: {
				session: { cookieCache: { enabled: true, strategy, version } },
				user: { additionalFields: { extra: { type: "json" } } },
			},
			sessionConfig: {},
			authCookies: { sessionData: { name: "better-auth.session_data", attributes: { maxAge, path: "/" } } },
			logger: { debug() {}, warn() {} },
		},
	};
}

function people() {
	const at = (text) => new Date(text);
	const session = {
		id: "sessionId",
		createdAt: at("2025-12-31T23:59:59.001Z"),
		updatedAt: at("2026-01-01T00:00:00.000Z"),
		userId: "userId",
		expiresAt: at("2026-01-08T00:00:00.000Z"),
		token: "tokenToken",
		ipAddress: "",
		userAgent: null,
	};
	const user = {
		name: "Ada",
		email: "ada@example.com",
		emailVerified: true,
		image: null,
		createdAt: at("2025-12-31T23:59:59.001Z"),
		updatedAt: at("2025-12-31T23:59:59.001Z"),
		id: "userId",
	};
	const extra = {
		z: AWKWARD,
		10: "index keys move to the front",
		2: [0, -1, 1.5, 1e21, 1e-7, 0.1 + 0.2, 2 ** 53 + 2, 5e-324, true, null, {}, []],
		"": "empty key",
		[AWKWARD]: "awkward key",
	};
	return [
		{ session, user },
		{ session: { ...session, userAgent: AWKWARD }, user: { ...user, name: AWKWARD, extra } },
		{ session, user: { ...user, name: "long enough for chunks ".repeat(300) } },
	];
}

async function sessionData() {
	const vectors = [];
	for (const form of ["compact", "jwt", "jwe"])
		for (const [name, ring] of Object.entries(RINGS))
			for (const [index, { session, user }] of people().entries()) {
				// The long one is there for its chunks: once for each form is enough.
				if (index === 2 && name !== "single") continue;
				const version = index === 1 ? `2 ${AWKWARD}` : "1";
				const ctx = context(ring, form, version, 300 + index);
				await setCookieCache(ctx, { session, user }, false);
				vectors.push({
					form,
					ring: name,
					nowMs: NOW_MS,
					lifetimeSeconds: 300 + index,
					version,
					session,
					user,
					cookie: ctx.cookies.join(""),
				});
			}
	return vectors;
}

async function passwords() {
	const words = ["correct horse", "", "ﬁnancé Å", "ﬁnance\u0301 A\u030a", "ﷺ㍿①", "👩‍💻🔒🔒🔒", "a\0b", " \t", "日本語パスワード"];
	return Promise.all(words.map(async (password) => ({ password, stored: await hashPassword(password) })));
}

async function cookies() {
	const vectors = [];
	for (const secret of [SECRET, "schlüssel-🔑-%"])
		for (const value of ["0123456789abcdefABCDEFGHIJKLMNOP", "true", "a.b.c", "%41 100%", '"quoted"', "a;b,c=d", "é 🔒", "-_.!~*'()"])
			vectors.push({ secret, value, wire: (await serializeSignedCookie("name", value, secret)).slice("name=".length) });
	return vectors;
}

async function seals() {
	const vectors = [];
	for (const [name, ring] of Object.entries(RINGS))
		for (const plaintext of ["", "x", AWKWARD, JSON.stringify({ crv: "Ed25519", d: "secret", x: "public", kty: "OKP" })])
			vectors.push({ ring: name, plaintext, sealed: await symmetricEncrypt({ key: configured(ring).secretConfig, data: plaintext }) });
	const legacy = await symmetricEncrypt({ key: SECRET, data: "sealed before versions" });
	vectors.push({ ring: "withLegacy", plaintext: "sealed before versions", sealed: legacy });
	return vectors;
}

function purposes() {
	const vectors = [];
	for (const [name, ring] of Object.entries(RINGS))
		for (const purpose of ["oauth-state-cookie", "oauth-link-session-token"]) {
			const derived = derivePurposeKey(configured(ring).secretConfig, purpose);
			const isRing = typeof derived !== "string";
			vectors.push({
				ring: name,
				purpose,
				derived: isRing ? derived.keys.get(derived.currentVersion) : derived,
				all: isRing ? [...derived.keys.values(), ...(derived.legacySecret ? [derived.legacySecret] : [])] : [derived],
			});
		}
	return vectors;
}

/** Counts what the Node library refuses or reads differently. */
async function check(written) {
	const failures = [];
	const expect = (what, actual, expected) => {
		const [left, right] = [JSON.stringify(actual), JSON.stringify(expected)];
		if (left !== right) failures.push(`${what}: ${left} instead of ${right}`);
	};
	for (const { password, stored } of written.passwords)
		expect("password", await verifyPassword({ hash: stored, password }), true);
	for (const { secret, value, wire } of written.cookies) {
		const headers = new Headers({ cookie: `name=${wire}` });
		expect("parsed cookie", typeof parseCookies(headers.get("cookie")).get("name"), "string");
		const ctx = await createInternalContext({ headers }, { options: { method: "GET" }, path: "/" });
		expect("cookie", await ctx.getSignedCookie("name", secret), value);
	}
	for (const { ring, plaintext, sealed } of written.seals)
		expect("seal", await symmetricDecrypt({ key: configured(RINGS[ring]).secretConfig, data: sealed }), plaintext);
	for (const { form, ring, cookie, version, session, user, nowMs, lifetimeSeconds } of written.sessionData) {
		const decoded = await decodeCookieCache(context(RINGS[ring], form, version, 0), cookie);
		const seen = decoded && { session: decoded.session.session, user: decoded.session.user };
		const name = `session_data ${form} ${ring}`;
		// Better Auth sorts its own members first; compare them sorted.
		const sorted = (value) => value && Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
		expect(`${name} session`, sorted(seen?.session), sorted(session));
		expect(`${name} user`, sorted(seen?.user), sorted(user));
		expect(`${name} version`, decoded?.session.version, version);
		expect(`${name} updatedAt`, decoded?.session.updatedAt, nowMs);
		const milliseconds = form === "compact" ? nowMs : Math.floor(nowMs / 1000) * 1000;
		expect(`${name} expiresAt`, decoded?.expiresAt, milliseconds + lifetimeSeconds * 1000);
	}
	return failures;
}

if (mode === "--check") {
	const written = JSON.parse(await readFile(file, "utf8"));
	const failures = await check(written);
	for (const failure of failures) console.error(failure.slice(0, 600));
	const counts = Object.entries(written).map(([name, vectors]) => `${vectors.length} ${name}`);
	console.log(`read ${counts.join(", ")}; ${failures.length} failures`);
	process.exit(failures.length ? 1 : 0);
}

const files = {
	rings: RINGS,
	passwords: await passwords(),
	cookies: await cookies(),
	seals: await seals(),
	purposes: purposes(),
	session_data: await sessionData(),
};
for (const [name, vectors] of Object.entries(files))
	await writeFile(new URL(`${name}.json`, import.meta.url), `${JSON.stringify(vectors, null, "\t")}\n`);
