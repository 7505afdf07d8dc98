// The two sides of a comparison: Better Auth and the subject under the same profile,
// each with a database, mailbox and (if the profile asks) provider of its own.

import { difference } from './difference.mjs';
import { Mailbox } from './mailbox.mjs';
import { PROFILES } from './profiles.mjs';
import { Server, freshFolder } from './server.mjs';
import { Stage } from './stage.mjs';
import { referenceCommand, subjectCommand } from './subject.mjs';
import { freePort, send } from './wire.mjs';
import path from 'node:path';

export class Pair {
  /** Starts both servers of a profile. */
  static async start(profileName, { subject = subjectCommand() } = {}) {
    const pair = new Pair();
    const started = await Promise.allSettled([startSide('better-auth', referenceCommand(), profileName), startSide('subject', subject, profileName)]);
    pair.sides = started.flatMap((outcome) => outcome.value ?? []);
    const failed = started.find((outcome) => outcome.status === 'rejected');
    if (failed) {
      await pair.stop();
      throw failed.reason;
    }
    [pair.reference, pair.subject] = pair.sides;
    return pair;
  }

  /**
   * Plays a scenario on both sides at once.
   * @returns {Promise<{ found: object[], reference: string[], subject: string[] }>}
   * @throws what stopped the scenario on the reference side: it is wrong itself then
   */
  async play(scenario) {
    const [reference, subject] = await Promise.all([this.reference, this.subject].map((side) => playOn(side, scenario)));
    if (reference.error) throw new Error(`this scenario does not hold for Better Auth itself: ${reference.error.stack}\n${reference.lines.join('\n')}`);
    return { found: difference(reference.lines, subject.lines), reference: reference.lines, subject: subject.lines };
  }

  async stop() {
    await Promise.all(this.sides.map(async ({ server, provider }) => {
      await server.stop();
      await provider?.stop();
      server.clean();
    }));
  }
}

async function startSide(label, command, profileName) {
  const profile = PROFILES[profileName];
  const [port, folder] = [await freePort(), freshFolder(label)];
  // Imported only when needed: it greets with warnings about versions of Node it wants.
  const { startProvider } = profile.provider ? await import('./provider.mjs') : {};
  const provider = startProvider ? await startProvider(`http://127.0.0.1:${port}`) : undefined;
  try {
    const server = await Server.start({ command, port, folder, profile, providerOrigin: provider?.origin });
    // Better Auth makes a key for each of several first requests at once: ask once, alone.
    await send({ port, path: '/api/auth/jwks' });
    return { server, provider, mailbox: new Mailbox(path.join(folder, 'mail')) };
  } catch (error) {
    await provider?.stop();
    throw error;
  }
}

async function playOn(side, scenario) {
  const stage = new Stage(side, scenario);
  try {
    await scenario.play(stage);
    return { lines: stage.transcript.lines };
  } catch (error) {
    stage.transcript.exception(error);
    return { lines: stage.transcript.lines, error };
  }
}
