// The folder a server writes its mails to, read as a person would: the next mail
// for an address, and the first link in it. Wording is nobody's contract.

import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const PATIENCE = 8_000;

export class Mailbox {
  #seen = new Set();

  constructor(folder) {
    this.folder = folder;
    fs.mkdirSync(folder, { recursive: true });
  }

  /** The oldest unread mail to this address, or undefined after `patience` milliseconds. */
  async next(address, patience = PATIENCE) {
    const until = Date.now() + patience;
    for (;;) {
      for (const file of fs.readdirSync(this.folder).filter((name) => name.endsWith('.eml')).sort()) {
        if (this.#seen.has(file)) continue;
        const mail = parseMail(fs.readFileSync(path.join(this.folder, file), 'utf8'));
        if (mail.to !== address) continue;
        this.#seen.add(file);
        return mail;
      }
      if (Date.now() >= until) return undefined;
      await sleep(20);
    }
  }
}

/** @returns {{to: string, link: string | undefined}} */
export function parseMail(source) {
  const split = source.search(/\r?\n\r?\n/);
  const head = source.slice(0, split).replace(/\r?\n[ \t]+/g, ' ');
  const header = (name) => head.match(new RegExp(`^${name}:\\s*(.*?)\\s*$`, 'mi'))?.[1];
  const to = header('To')?.replace(/^.*<(.*)>$/, '$1');
  const bodies = [source.slice(split), decodeQuotedPrintable(source.slice(split)), ...base64Blocks(source.slice(split))];
  // A quoted-printable link is broken by soft line ends: prefer the longest reading.
  const links = bodies.flatMap((body) => body.match(/https?:\/\/[^\s"<>]+/)?.[0] ?? []);
  const quoted = /quoted-printable/i.test(source);
  return { to, link: quoted ? links.at(1) ?? links[0] : links[0] };
}

function decodeQuotedPrintable(text) {
  const bytes = text.replace(/=\r?\n/g, '').replace(/=([0-9A-F]{2})/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

function base64Blocks(text) {
  return (text.match(/(?:^[A-Za-z0-9+/=]{20,}\r?\n)+/gm) ?? []).map((block) => Buffer.from(block, 'base64').toString('utf8'));
}
