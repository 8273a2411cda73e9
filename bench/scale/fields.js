import { rmSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { BuiltStore } from '../built-store.js';
import { amountLine, noteLine, ratioLine } from '../line.js';
import { interleaved, timedHere } from '../measure.js';
import { library } from '../rollcall.js';
import { defineSegments } from '../segments.js';
import { upsert } from '../workloads/capture-cost.js';
import { copyStore, copyWorld, NOW } from '../world.js';

const MB = 1024 ** 2;
const ROUNDS = 3;
/** How many fields of a contact have a value, beside those that segments read. */
const FILLED = 20;
/** How many fields segments read. */
const READ = 20;

/** Types in turn, each with a value by a contact's id as SQL, and a condition. */
const KINDS = /** @type {const} */ ([
  { type: 'text', value: "'value ' || (id % 100)", holds: 'starts with "value 1"' },
  { type: 'number', value: 'id % 1000', holds: '>= 500' },
  {
    type: 'date',
    value: "date('2025-03-01', '+' || (id % 365) || ' days')",
    holds: 'in last 90 days',
  },
  { type: 'boolean', value: 'id % 2', holds: '= true' },
]);

/** A hundred, each over two fields. */
const SEGMENTS = Array.from({ length: 100 }, (_, index) => {
  const [one, other] = [index % READ, (index + 1 + Math.floor(index / READ)) % READ];
  const condition = (/** @type {number} */ field) => `f${field} ${kindOf(field).holds}`;
  return { alias: `fields-${index}`, filter: `${condition(one)} or ${condition(other)}` };
});

/**
 * As many custom fields of contacts as are asked for or fit, against a tenth of them: making them,
 * a hundred segments over those that both have, and what capture costs.
 * @param {import('../scale.js').Bench} bench
 * @param {number[]} scales contacts and fields
 * @returns {Promise<import('../line.js').Line[]>}
 */
export async function manyFields({ folder, say }, [contacts = 0, fields = 0]) {
  const few = await storeWith(join(folder, 'few.db'), { contacts, fields: fields / 10, say });
  const many = await storeWith(join(folder, 'many.db'), { contacts, fields, say });
  const lines = [
    compared('making a field', many, few, { many: many.aField, few: few.aField }),
    await captureLine(few, contacts / 2, say),
    await captureLine(many, contacts / 2, say),
    ...(await segmentLines(many, few, contacts, say)),
    amountLine(`peak memory, ${named(many)}`, many.store.peakBytes / MB, 'MB', 300),
    noteLine(many.refusal),
  ];
  for (const { store } of [few, many]) rmSync(store.path);
  return lines;
}

/**
 * A world with custom fields, of which each contact has values in some.
 * @param {string} path
 * @param {{ contacts: number, fields: number, say: (text: string) => void }} options
 */
async function storeWith(path, { contacts, fields, say }) {
  say(`fields: making ${fields}`);
  await copyWorld(path, { contacts }, []);
  let made = { count: 0, refusal: '' };
  const { ms, cpuMs } = await timedHere(async () => {
    made = await makeFields(path, fields);
  });
  fillFields(path, made.count);
  const aField = { ms: ms / made.count, cpuMs: cpuMs / made.count, rounds: 1 };
  return { store: new BuiltStore(path), ...made, aField };
}

/** @typedef {Awaited<ReturnType<typeof storeWith>>} Filled */

/** @param {Filled} filled */
function named({ count }) {
  return `${count.toLocaleString('en')} custom fields`;
}

/**
 * @param {string} work
 * @param {Filled} many
 * @param {Filled} few
 * @param {Readonly<Record<'many' | 'few', import('../measure.js').Taken>>} taken
 */
function compared(work, many, few, taken) {
  return ratioLine(`${work}, ${named(many)}`, taken.many, { to: named(few), than: taken.few });
}

/**
 * Makes fields, each in a transaction, until there are enough or one is refused.
 * @param {string} path
 * @param {number} fields
 */
async function makeFields(path, fields) {
  const { createField, openStore } = await library();
  const store = await openStore(path);
  let count = 0;
  try {
    for (; count < fields; count++) {
      const { type } = kindOf(count);
      const alias = `f${count}`;
      await store.write(async (tx) => createField(tx, { object: 'contact', alias, type }, NOW));
    }
    return { count, refusal: `all ${count} custom fields were made` };
  } catch (error) {
    return { count, refusal: `the field after ${count} was refused: ${String(error)}` };
  } finally {
    await store.close();
  }
}

/**
 * Gives each contact a value in some fields, spread over all of them, and many in those that
 * segments read.
 * @param {string} path
 * @param {number} fields
 */
function fillFields(path, fields) {
  const db = new Database(path);
  const all = db.transaction(() => {
    for (let field = 0; field < fields; field++) {
      const part = field < READ ? 2 : Math.ceil(fields / FILLED);
      db.exec(
        `update contacts set f${field} = ${kindOf(field).value} where id % ${part} = ${field % part}`,
      );
    }
  });
  all();
  db.close();
}

/**
 * @param {Filled} filled
 * @param {number} rows
 * @param {(text: string) => void} say
 */
async function captureLine(filled, rows, say) {
  const copy = `${filled.store.path}.upserts`;
  const measure = async (/** @type {'all' | 'none'} */ dropped) => {
    copyStore(filled.store.path, copy);
    const timed = await upsert(copy, rows, dropped);
    rmSync(copy);
    return timed;
  };
  say(`fields: upserts, ${named(filled)}`);
  const taken = await interleaved(ROUNDS, {
    without: async () => measure('all'),
    captured: async () => measure('none'),
  });
  return ratioLine(
    `upsert of ${rows.toLocaleString('en')} single rows, ${named(filled)}`,
    taken.captured,
    { to: 'without capture triggers', than: taken.without },
  );
}

/**
 * The same segments in both stores.
 * @param {Filled} many
 * @param {Filled} few
 * @param {number} contacts
 * @param {(text: string) => void} say
 */
async function segmentLines(many, few, contacts, say) {
  for (const { store } of [many, few]) await defineSegments(store.path, SEGMENTS);
  const both = async (
    /** @type {number} */ rounds,
    /** @type {(store: BuiltStore, round: number) => Promise<import('../measure.js').Timed>} */ work,
  ) =>
    interleaved(rounds, {
      few: async (round) => work(few.store, round),
      many: async (round) => work(many.store, round),
    });
  say('fields: segments');
  const lines = [
    compared('first build of 100 segments', many, few, await both(1, (store) => store.update(0))),
    compared('idle update', many, few, await both(ROUNDS, (store) => store.updateIdle())),
    compared(
      `update, ${(contacts / 100).toLocaleString('en')} changed`,
      many,
      few,
      await both(ROUNDS, async (store, round) => {
        changeContacts(store.path, round);
        return store.updateIdle();
      }),
    ),
  ];
  for (const { store } of [many, few]) store.verify();
  return lines;
}

/**
 * Changes two fields of a hundredth of the contacts.
 * @param {string} path
 * @param {number} round
 */
function changeContacts(path, round) {
  const db = new Database(path);
  const part = round + 1;
  db.exec(`update contacts set f0 = 'value ${part}', f1 = ${part * 300} where id % 100 = ${part}`);
  db.close();
}

/** @param {number} field */
function kindOf(field) {
  return KINDS[/** @type {0 | 1 | 2 | 3} */ (field % KINDS.length)];
}
