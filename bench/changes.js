import Database from 'better-sqlite3';
import { Random } from '../fixtures/generator/random.js';
import { CITIES, EVENT_TYPES, MINUTE, POSITIONS, SUBJECTS, TAGS } from './world/values.js';

/**
 * Changes of a day's work: one contact each, none twice. `toggle` takes all tags of a contact away,
 * or gives it this one where it has none.
 * @typedef {{ kind: 'edit', id: number, column: string, value: string | number }
 *   | { kind: 'events', id: number, at: number, events: { type: string, subject: string }[] }
 *   | { kind: 'toggle', id: number, tag: string }} Change
 *
 * `now` is epoch ms: events fall into the quarter of an hour before it.
 * @typedef {{ count: number, now: number, seed: string }} ChangeOptions
 */

/** @type {readonly [column: string, value: (random: Random) => string | number][]} */
const EDITS = [
  ['points', (random) => random.whole(0, 1000)],
  ['score', (random) => random.whole(0, 100)],
  ['city', (random) => random.pick(CITIES)],
  ['position', (random) => random.pick(POSITIONS)],
];

/**
 * Draws changes of `count` of the contacts: half of them have their profile edited, 35 in a hundred
 * do one to three things, the others get a tag or lose theirs.
 * @param {number} contacts
 * @param {ChangeOptions} options
 * @returns {Change[]}
 */
export function drawChanges(contacts, { count, now, seed }) {
  if (count > contacts / 2)
    throw new Error(`${count} changed contacts of ${contacts} are too many`);
  const random = new Random(`${seed} changes`);
  /** @type {Map<number, Change>} */
  const changes = new Map();
  while (changes.size < count) {
    const id = random.whole(1, contacts);
    if (!changes.has(id)) changes.set(id, drawChange(random, id, now));
  }
  return [...changes.values()];
}

/**
 * @param {Random} random
 * @param {number} id
 * @param {number} now
 * @returns {Change}
 */
function drawChange(random, id, now) {
  const kind = random.fraction();
  if (kind < 0.5) {
    const [column, draw] = random.pick(EDITS);
    return { kind: 'edit', id, column, value: draw(random) };
  }
  if (kind >= 0.85) return { kind: 'toggle', id, tag: random.pick(TAGS) };
  const at = now - random.whole(1, 15 * MINUTE);
  const events = Array.from({ length: random.whole(1, 3) }, () => ({
    type: random.pick(EVENT_TYPES),
    subject: random.pick(SUBJECTS),
  }));
  return { kind: 'events', id, at, events };
}

/**
 * Makes such changes in the store, with SQL, not through rollcall, in one transaction with
 * rollcall's triggers.
 * @param {string} path
 * @param {ChangeOptions} options
 */
export function changeContacts(path, options) {
  const db = new Database(path, { fileMustExist: true });
  try {
    db.pragma('foreign_keys = on');
    const make = makerOf(db, options.now);
    const contacts = Number(db.prepare('select max(id) from contacts').pluck().get());
    const changes = drawChanges(contacts, options);
    const all = db.transaction(() => changes.forEach(make));
    all.immediate();
  } finally {
    db.close();
  }
}

/**
 * @param {Database.Database} db
 * @param {number} now
 * @returns {(change: Change) => void}
 */
function makerOf(db, now) {
  const edits = new Map(
    EDITS.map(([column]) => [
      column,
      db.prepare(`update contacts set ${column} = ?, updated_at = ? where id = ?`),
    ]),
  );
  const event = db.prepare(
    'insert into events (contact_id, type, subject, occurred_at) values (?, ?, ?, ?)',
  );
  const active = db.prepare('update contacts set last_active_at = ? where id = ?');
  const untag = db.prepare('delete from contact_tags where contact_id = ?');
  const tag = db.prepare(
    'insert into contact_tags (contact_id, tag_id) select ?, id from tags where name = ?',
  );
  return (change) => {
    const { kind, id } = change;
    if (kind === 'edit') edits.get(change.column)?.run(change.value, now, id);
    else if (kind === 'events') {
      for (const { type, subject } of change.events) event.run(id, type, subject, change.at);
      active.run(change.at, id);
    } else if (untag.run(id).changes === 0) tag.run(id, change.tag);
  };
}
