import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { amountLine, ratioLine } from '../line.js';
import { interleaved, runNode } from '../measure.js';
import { BIN, rollcall } from '../rollcall.js';
import { copyWorld, NOW_TEXT } from '../world.js';

/** Whom it matches: of a million contacts 94,813. */
const FILTER = 'country in ("FR", "DE") and points > 250';
/** The most processor time of such adds in a million contacts. */
const MOST_MS = 1000;

/**
 * Whole processes that add and remove by a filter, about a tenth of the contacts, in a static
 * segment of their own each time, against the list of the ids that the same filter finds.
 * @param {import('../run.js').Bench} bench
 * @returns {Promise<import('../line.js').Line[]>}
 */
export async function bulkAdds({ folder, contacts, rounds, say }) {
  const path = join(folder, 'bulk.db');
  await copyWorld(path, { contacts }, []);
  const run = async (/** @type {string[]} */ ...words) =>
    runNode(BIN, ...words, '--db', path, '--now', NOW_TEXT);
  say(`adds by filter of about ${Math.round(contacts / 10).toLocaleString('en')} contacts`);
  const alias = (/** @type {number} */ round) => `bulk-${round}`;
  const taken = await interleaved(rounds, {
    list: async () => run('contacts:list', '--where', FILTER, '--format', 'ids'),
    add: async (round) => {
      rollcall('segments:create', alias(round), '--db', path, '-q');
      return run('segments:add', alias(round), '--where', FILTER);
    },
    again: async (round) => run('segments:add', alias(round), '--where', FILTER),
    remove: async (round) => run('segments:remove', alias(round), '--where', FILTER),
  });
  rmSync(path);
  const against = { to: 'contacts:list --where', than: taken.list };
  return [
    ratioLine('segments:add --where', taken.add, against),
    ratioLine('the same again', taken.again, against),
    ratioLine('segments:remove --where', taken.remove, against),
    amountLine(
      'processor time of segments:add --where',
      taken.add.cpuMs ?? Number.NaN,
      'ms',
      contacts === 1_000_000 ? MOST_MS : undefined,
    ),
  ];
}
