import Database from 'better-sqlite3';
import { Random } from '../fixtures/generator/random.js';
import { CITIES, EVENT_TYPES, MINUTE, POSITIONS, SUBJECTS, TAGS } from './world/values.js';

/**
 * Changes `count` different contacts of the store, as a day's work would: half of them have their
 * profile edited, 35 in a hundred do one to three things, the others get a tag or lose theirs.
 * Writes with SQL, not through rollcall, in one transaction with rollcall's triggers.
 * @param {string} path
 * @param {{ count: number, now: number, seed: string }} options `now` is epoch ms: events fall into
 * the quarter of an hour before it
 */
export function changeContacts(path, { count, now, seed }) {
  const random = new Random(`${seed} changes`);
  const db = new Database(path, { fileMustExist: true });
  try {
    db.pragma('foreign_keys = on');
    const change = changesOf(db, random, now);
    const contacts = Number(db.prepare('select max(id) from contacts').pluck().get());
    if (count > contacts / 2)
      throw new Error(`${count} changed contacts of ${contacts} are too many`);
    /** @type {Set<number>} */
    const changed = new Set();
    const all = db.transaction(() => {
      while (changed.size < count) {
        const id = random.whole(1, contacts);
        if (!changed.has(id)) change(id);
        changed.add(id);
      }
    });
    all.immediate();
  } finally {
    db.close();
  }
}

/**
 * @param {Database.Database} db
 * @param {Random} random
 * @param {number} now
 * @returns {(id: number) => void} changes one contact
 */
function changesOf(db, random, now) {
  const edits = [
    {
      statement: db.prepare('update contacts set points = ?, updated_at = ? where id = ?'),
      value: () => random.whole(0, 1000),
    },
    {
      statement: db.prepare('update contacts set score = ?, updated_at = ? where id = ?'),
      value: () => random.whole(0, 100),
    },
    {
      statement: db.prepare('update contacts set city = ?, updated_at = ? where id = ?'),
      value: () => random.pick(CITIES),
    },
    {
      statement: db.prepare('update contacts set position = ?, updated_at = ? where id = ?'),
      value: () => random.pick(POSITIONS),
    },
  ];
  const event = db.prepare(
    'insert into events (contact_id, type, subject, occurred_at) values (?, ?, ?, ?)',
  );
  const active = db.prepare('update contacts set last_active_at = ? where id = ?');
  const untag = db.prepare('delete from contact_tags where contact_id = ?');
  const tag = db.prepare(
    'insert into contact_tags (contact_id, tag_id) select ?, id from tags where name = ?',
  );
  return (id) => {
    const kind = random.fraction();
    if (kind < 0.5) {
      const { statement, value } = random.pick(edits);
      statement.run(value(), now, id);
    } else if (kind < 0.85) {
      const at = now - random.whole(1, 15 * MINUTE);
      for (let rest = random.whole(1, 3); rest > 0; rest--)
        event.run(id, random.pick(EVENT_TYPES), random.pick(SUBJECTS), at);
      active.run(at, id);
    } else if (untag.run(id).changes === 0) tag.run(id, random.pick(TAGS));
  };
}
