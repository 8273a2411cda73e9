import { rmSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { amountLine, ratioLine } from '../line.js';
import { interleaved, timedHere } from '../measure.js';
import { library } from '../rollcall.js';
import { copyWorld, NOW } from '../world.js';
import { COUNTRIES, DAY, TAGS } from '../world/values.js';

const PREVIEW_ROUNDS = 15;
const CHECK_ROUNDS = 50;
const CONDITIONS = 200;

/**
 * The speed of the language: the statement behind a preview against one by hand, both in this
 * process, and parsing and checking.
 * @param {import('../run.js').Bench} bench
 * @returns {Promise<import('../line.js').Line[]>}
 */
export async function filterSpeed({ folder, contacts, say }) {
  const { loadCatalogue, openStore, readCondition, readFilter } = await library();
  const path = await copyWorld(join(folder, 'filters.db'), { contacts });
  const store = await openStore(path);
  const db = new Database(path);
  try {
    db.pragma('cache_size = -65536');
    const events = `from events where type = 'page.hit' and occurred_at > ${NOW - 30 * DAY} and occurred_at <= ${NOW}`;
    const byHand = db
      .prepare(`select count(*) from contacts where id in (select contact_id ${events})`)
      .pluck();
    // that nobody has left events of contacts who are no more
    const trusting = db.prepare(`select count(distinct contact_id) ${events}`).pluck();
    const [previews, reading] = await store.read(async (tx) => {
      const { where } = await readCondition(tx, 'did page.hit in last 30 days', NOW);
      if ((await tx.contacts.count({ where })) !== byHand.get())
        throw new Error('the preview counts others than the statement by hand');
      say('previews');
      const previews = await interleaved(PREVIEW_ROUNDS, {
        ours: async () => timedHere(async () => tx.contacts.count({ where })),
        byHand: async () => timedHere(() => byHand.get()),
        trusting: async () => timedHere(() => trusting.get()),
      });
      const catalogue = await loadCatalogue(tx);
      const text = filterOf(CONDITIONS);
      const check = async () => timedHere(() => readFilter(text, catalogue));
      await interleaved(CHECK_ROUNDS, { check }); // the engine compiles what is hot
      return [previews, await interleaved(CHECK_ROUNDS, { check })];
    });
    return [
      ratioLine('count of `did page.hit in last 30 days`', previews.ours, {
        to: 'by hand',
        than: previews.byHand,
        most: 1.3,
      }),
      ratioLine('the same', previews.ours, {
        to: 'by hand, of events alone',
        than: previews.trusting,
      }),
      amountLine(`parsing and checking ${CONDITIONS} conditions, warm`, reading.check.ms, 'ms', 20),
    ];
  } finally {
    db.close();
    await store.close();
    rmSync(path);
  }
}

/**
 * A filter of this many conditions of all kinds.
 * @param {number} conditions
 */
function filterOf(conditions) {
  const kinds = [
    (/** @type {number} */ i) => `country in ("${COUNTRIES[i % 15] ?? ''}", "FR")`,
    (/** @type {number} */ i) => `points between ${i} and ${i + 100}`,
    (/** @type {number} */ i) => `city starts with "Bar${i}"`,
    (/** @type {number} */ i) => `last_active_at in last ${i + 1} days`,
    (/** @type {number} */ i) =>
      `count(email.read where subject like "/subject/${i}%" in last ${i + 1} days) >= 2`,
    (/** @type {number} */ i) => `tags has any ("${TAGS[i % 50] ?? ''}", "tag-01")`,
    (/** @type {number} */ i) => `company.employees > ${i}`,
    (/** @type {number} */ i) => `not did form.submit since today - ${i + 1} days`,
  ];
  const pairs = Array.from(
    { length: conditions / 2 },
    (_, i) =>
      `(${kinds[(2 * i) % kinds.length]?.(i) ?? ''} or ${kinds[(2 * i + 1) % kinds.length]?.(i) ?? ''})`,
  );
  return pairs.join(' and ');
}
