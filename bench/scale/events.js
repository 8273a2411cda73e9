import { rmSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { Random } from '../../fixtures/generator/random.js';
import { BuiltStore, LATER_MS } from '../built-store.js';
import { amountLine, ratioLine } from '../line.js';
import { interleaved } from '../measure.js';
import { copyWorld } from '../world.js';
import { DAY, EVENT_TYPES, NOW, SUBJECTS } from '../world/values.js';

const MB = 1024 ** 2;
const ROUNDS = 3;
/** Whose events they are. */
const OWNER = 1;

/** Every way to ask for events, over all times and a window. */
const FILTERS = ['page.hit', 'purchase'].flatMap((type) =>
  ['', ' in last 90 days'].flatMap((window) => [
    `did ${type}${window}`,
    `not did ${type}${window}`,
    `count(${type}${window}) >= 3`,
    `sum(${type}.value${window}) > 500`,
    `avg(${type}.value${window}) > 250`,
    `min(${type}.value${window}) < 20`,
    `max(${type}.value${window}) >= 450`,
    `first(${type}) in last ${window === '' ? 90 : 30} days`,
    `last(${type}) before today - ${window === '' ? 90 : 30} days`,
    `did ${type} where subject = "/subject/017"${window}`,
  ]),
);

/**
 * Segments over events where one contact has so many of them, against the same number spread over
 * all contacts: first build, idle update, and update after that contact has had one more.
 * @param {import('../scale.js').Bench} bench
 * @param {number[]} scales contacts and events
 * @returns {Promise<import('../line.js').Line[]>}
 */
export async function manyEvents({ folder, say }, [contacts = 0, events = 0]) {
  const segments = FILTERS.map((filter, index) => ({ alias: `events-${index}`, filter }));
  const make = async (/** @type {string} */ name, /** @type {number} */ owners) => {
    say(`events: ${events} of ${owners} contacts`);
    const path = await copyWorld(join(folder, name), { contacts }, segments);
    addEvents(path, events, owners);
    return path;
  };
  const one = new BuiltStore(await make('one.db', 1));
  const spread = new BuiltStore(await make('spread.db', contacts));
  say('events: first builds');
  const first = await interleaved(1, {
    one: async () => one.update(0),
    spread: async () => spread.update(0),
  });
  const peaks = { one: one.peakBytes, spread: spread.peakBytes };
  say('events: updates');
  const idle = await interleaved(ROUNDS, {
    one: async () => one.updateIdle(),
    spread: async () => spread.updateIdle(),
  });
  const changed = await interleaved(ROUNDS, {
    one: async () => oneMoreEvent(one),
    spread: async () => oneMoreEvent(spread),
  });
  for (const store of [one, spread]) {
    store.verify();
    rmSync(store.path);
  }
  const line = (/** @type {string} */ work, /** @type {typeof first} */ taken) =>
    ratioLine(`${work}, ${events.toLocaleString('en')} events of one contact`, taken.one, {
      to: `of ${contacts.toLocaleString('en')}`,
      than: taken.spread,
    });
  return [
    line(`first build of ${segments.length} segments`, first),
    line('idle update', idle),
    line('update after one more event', changed),
    amountLine('peak memory of the first build, of one contact', peaks.one / MB, 'MB', 300),
    amountLine('peak memory of the first build, spread', peaks.spread / MB, 'MB', 300),
    amountLine('peak memory with the updates, of one contact', one.peakBytes / MB, 'MB', 300),
  ];
}

/** @param {BuiltStore} store */
async function oneMoreEvent(store) {
  const db = new Database(store.path);
  insertion(db).run(OWNER, 'page.hit', '/subject/017', null, store.now + LATER_MS / 2);
  db.close();
  return store.updateIdle();
}

/**
 * Adds events of the first `owners` contacts in a year, with the triggers of the store.
 * @param {string} path
 * @param {number} events
 * @param {number} owners
 */
function addEvents(path, events, owners) {
  const random = new Random('many events');
  const db = new Database(path);
  const insert = insertion(db);
  const all = db.transaction(() => {
    for (let index = 0; index < events; index++) {
      const type = random.pick(EVENT_TYPES);
      insert.run(
        (index % owners) + 1,
        type,
        random.pick(SUBJECTS),
        type === 'purchase' ? random.whole(5, 500) : null,
        NOW - 365 * DAY + Math.floor((index / events) * 365 * DAY),
      );
    }
  });
  all();
  db.close();
}

/** @param {Database.Database} db */
function insertion(db) {
  return db.prepare(
    'insert into events (contact_id, type, subject, value, occurred_at) values (?, ?, ?, ?, ?)',
  );
}
