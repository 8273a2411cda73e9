import { join } from 'node:path';
import { noteLine, ratioLine } from '../line.js';
import { interleaved, runNode } from '../measure.js';
import { memberCounts, requireEqualCounts } from '../members.js';
import { importPeer } from '../peers/import-peer.js';
import { findMariadb, startMariadb } from '../peers/mariadb.js';
import { dumpTables } from '../peers/tables.js';
import { BIN } from '../rollcall.js';
import { copyStore, copyWorld, NOW, worldAt } from '../world.js';
import { MINUTE } from '../world/values.js';

const MAUTIC = new URL('../peers/mautic.js', import.meta.url).pathname;
const MOST_CONTACTS = 100_000;

/**
 * Against MariaDB with the statements of `mautic:segments:update`, at a hundred thousand contacts
 * at most: it takes minutes there.
 * @param {import('../run.js').Bench} bench
 * @returns {Promise<import('../line.js').Line[]>}
 */
export async function againstMautic({ folder, contacts: asked, say }) {
  const program = findMariadb();
  if (program === undefined || (await importPeer('mariadb')) === undefined)
    return [noteLine('(d) MariaDB is not installed here')];
  const contacts = Math.min(asked, MOST_CONTACTS);
  const defined = await copyWorld(join(folder, 'mautic.db'), { contacts });
  const dump = await dumpTables(await worldAt({ contacts }));
  const { socket, version, stop } = await startMariadb(program, folder);
  try {
    say(`loading ${version}`);
    await runNode(MAUTIC, 'load', socket, dump);
    return await compare(defined, { socket, contacts, say });
  } finally {
    await stop();
  }
}

/**
 * One round: the statements take minutes, and the limits are far away.
 * @param {string} defined
 * @param {{ socket: string, contacts: number, say: (text: string) => void }} bench
 */
async function compare(defined, { socket, contacts, say }) {
  const store = `${defined}.built`;
  copyStore(defined, store);
  const later = NOW + 15 * MINUTE;
  const ours = async (/** @type {number} */ now) =>
    runNode(BIN, 'segments:update', '--db', store, '--now', new Date(now).toISOString());
  const theirs = async (/** @type {'build' | 'pass'} */ what, /** @type {number} */ now) => {
    say(`a ${what} with the statements of Mautic`);
    const { ms, stdout } = await runNode(MAUTIC, what, socket, now);
    requireEqualCounts('MariaDB', JSON.parse(stdout), memberCounts(store));
    return { ms }; // most processor time is the server's
  };
  const build = await interleaved(1, {
    ours: async () => ours(NOW),
    mautic: async () => theirs('build', NOW),
  });
  const pass = await interleaved(1, {
    ours: async () => ours(later),
    mautic: async () => theirs('pass', later),
  });
  const at = `${contacts.toLocaleString('en')} contacts`;
  const to = "(d) Mautic's statements";
  return [
    ratioLine(`first build, ${at}`, build.ours, { to, than: build.mautic, most: 1 / 25 }),
    ratioLine(`update, nothing changed, clock + 15 minutes, ${at}`, pass.ours, {
      to,
      than: pass.mautic,
      most: 1 / 20,
    }),
  ];
}
