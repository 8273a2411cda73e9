import { join } from 'node:path';
import { ratioLine } from '../line.js';
import { runNode, runTimed } from '../measure.js';
import { BIN } from '../rollcall.js';
import { requireSameMembers } from './members.js';

const MOST = 3;

/**
 * Moving a built store from its file into a database, against restoring a dump of the same rows.
 * @param {import('../postgres.js').Bench} bench
 * @returns {Promise<import('../postgres.js').Results>}
 */
export async function copyStores({ cluster, folder, contacts, say, worlds }) {
  const { file } = await worlds.built(contacts);
  const dump = join(folder, 'store.dump');
  cluster.make('copied');
  say('db:copy');
  const taken = await cluster.charged(async () =>
    runNode(BIN, 'db:copy', cluster.url('copied'), '--db', file.path),
  );
  requireSameMembers(file.path, cluster, 'copied');
  say('pg_restore');
  await runTimed('pg_dump', ...cluster.login('copied'), '-Fc', '-Z0', '-f', dump);
  cluster.make('restored');
  const than = await cluster.charged(async () =>
    runTimed('pg_restore', ...cluster.login('restored'), '--exit-on-error', dump),
  );
  for (const database of ['copied', 'restored']) cluster.drop(database);
  return {
    lines: [
      ratioLine(
        'db:copy of the built store',
        { ...taken, rounds: 1 },
        { to: 'pg_restore', than: { ...than, rounds: 1 }, most: MOST },
      ),
    ],
    costs: {},
  };
}
