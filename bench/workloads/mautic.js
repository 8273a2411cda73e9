import { join } from 'node:path';
import { noteLine, ratioLine } from '../line.js';
import { interleaved, runNode } from '../measure.js';
import { memberCounts, requireEqualCounts } from '../members.js';
import { importPeer } from '../peers/import-peer.js';
import { findMariadb, startMariadb } from '../peers/mariadb.js';
import { dumpTables } from '../peers/tables.js';
import { BIN } from '../rollcall.js';
import { copyStore, copyWorld, NOW, NOW_TEXT, worldAt } from '../world.js';
import { MINUTE } from '../world/values.js';

const MAUTIC = new URL('../peers/mautic.js', import.meta.url).pathname;
const MOST_CONTACTS = 100_000;

/**
 * Against MariaDB with the statements of `mautic:segments:update`, at a hundred thousand contacts
 * at most: it takes minutes there.
 * @param {import('../run.js').Bench} bench
 * @returns {Promise<import('../line.js').Line[]>}
 */
export async function againstMautic({ folder, contacts: asked, rounds, say }) {
  const program = findMariadb();
  if (program === undefined || (await importPeer('mariadb')) === undefined)
    return [noteLine('against (d) MariaDB with the statements of Mautic', 'not installed here')];
  const contacts = Math.min(asked, MOST_CONTACTS);
  const defined = await copyWorld(join(folder, 'mautic.db'), { contacts });
  const dump = `${await worldAt({ contacts })}-tables`;
  await dumpTables(defined, dump);
  const { socket, version, stop } = await startMariadb(program, folder);
  try {
    say(`loading ${version}`);
    runNode(MAUTIC, 'load', socket, dump);
    return await compare(defined, { socket, contacts, rounds, say });
  } finally {
    await stop();
  }
}

/**
 * @param {string} defined
 * @param {{ socket: string, contacts: number, rounds: number, say: (text: string) => void }} bench
 */
async function compare(defined, { socket, contacts, rounds, say }) {
  const store = `${defined}.built`;
  const build = await interleaved(Math.min(rounds, 2), {
    ours() {
      copyStore(defined, store);
      return runNode(BIN, 'segments:update', '--db', store, '--now', NOW_TEXT).ms;
    },
    mautic() {
      say('first build with the statements of Mautic');
      const { ms, stdout } = runNode(MAUTIC, 'build', socket, NOW);
      requireEqualCounts('MariaDB', JSON.parse(stdout), memberCounts(store));
      return ms;
    },
  });
  let now = NOW;
  const pass = await interleaved(rounds, {
    ours: () =>
      runNode(
        BIN,
        'segments:update',
        '--db',
        store,
        '--now',
        new Date((now += 15 * MINUTE)).toISOString(),
      ).ms,
    mautic() {
      say('a pass with the statements of Mautic');
      const { ms, stdout } = runNode(MAUTIC, 'pass', socket, now);
      requireEqualCounts('MariaDB', JSON.parse(stdout), memberCounts(store));
      return ms;
    },
  });
  const at = `${contacts.toLocaleString('en')} contacts`;
  return [
    ratioLine(`first build, ${at}`, build.ours, {
      to: "(d) Mautic's statements",
      toMs: build.mautic,
      most: 1 / 25,
    }),
    ratioLine(`update, nothing changed, clock + 15 minutes, ${at}`, pass.ours, {
      to: "(d) Mautic's statements",
      toMs: pass.mautic,
      most: 1 / 20,
    }),
  ];
}
