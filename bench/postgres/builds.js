import { noteLine, ratioLine } from '../line.js';
import { interleaved } from '../measure.js';
import { FIRST } from './worlds.js';

/** At this scale the goals are meant. */
const FULL_SCALE = 1_000_000;
/** The file's first build of these segments before it built by columns, at that scale. */
const BY_ROWS = { ms: 7300, cpuMs: 10_400, rounds: 1 };
const MOST = { wall: 2, processor: 1.4 };

/**
 * First builds of the first segments into fresh stores.
 * @param {import('../postgres.js').Bench} bench
 * @returns {Promise<import('../postgres.js').Results>}
 */
export async function firstBuilds({ contacts, rounds, say, worlds }) {
  await worlds.defined(contacts);
  /** @type {import('./worlds.js').Pair | undefined} */
  let pair;
  const taken = await interleaved(rounds, {
    file: async () => {
      pair = await worlds.fresh(contacts);
      say('first build: file');
      return pair.file.update(0);
    },
    served: async () => {
      say('first build: PostgreSQL');
      return pair?.served.update(0);
    },
  });
  if (pair !== undefined) worlds.keep(contacts, pair);
  const work = `first build of ${FIRST.length} segments`;
  const scale = contacts / FULL_SCALE;
  const byRows = { ...BY_ROWS, ms: BY_ROWS.ms * scale, cpuMs: BY_ROWS.cpuMs * scale };
  return {
    lines: [
      ratioLine(work, taken.served, {
        to: 'file by rows, then',
        than: byRows,
        most: contacts === FULL_SCALE ? MOST : undefined,
      }),
      ratioLine(work, taken.served, { to: 'file', than: taken.file }),
      noteLine(
        `"file by rows, then" is what the file took before it built by columns, on the machine of ` +
          `that time: 7.3 s, 10.4 s of processor time at a million contacts`,
      ),
    ],
    costs: { firstBuild: taken.served },
  };
}
