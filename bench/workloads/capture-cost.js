import { rmSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { ratioLine } from '../line.js';
import { interleaved, timedHere } from '../measure.js';
import { copyStore, NOW, worldAt } from '../world.js';

/**
 * Single-row upserts by another program, half as many as there are contacts: four in five change
 * existing contacts, in the order of an export, the others add new ones. Compares them in a store
 * as it is, in one without the capture triggers, and in one without any; each in a fresh store, in
 * one transaction with its commit.
 * @param {import('../run.js').Bench} bench
 * @returns {Promise<import('../line.js').Line[]>}
 */
export async function captureCost({ folder, contacts, rounds, say }) {
  const world = await worldAt({ contacts });
  const rows = Math.floor(contacts / 2);
  const measure = async (/** @type {keyof typeof DROPPED} */ dropped) => {
    const path = join(folder, 'upsert.db');
    copyStore(world, path);
    say(`upsert of ${rows} rows, ${dropped} of the triggers dropped`);
    const timed = await upsert(path, rows, dropped);
    rmSync(path);
    return timed;
  };
  const taken = await interleaved(rounds, {
    bare: async () => measure('all'),
    captured: async () => measure('none'),
    bounded: async () => measure('captured'),
  });
  const work = `upsert of ${rows.toLocaleString('en')} single rows`;
  return [
    ratioLine(work, taken.captured, { to: 'without triggers', than: taken.bare, most: 1.55 }),
    ratioLine(work, taken.captured, { to: 'without capture triggers', than: taken.bounded }),
  ];
}

/** Which triggers to drop, as a pattern of their names. */
const DROPPED = { all: '*', captured: 'capture_*', none: '' };

/**
 * @param {import('better-sqlite3').Database} db
 * @param {number} rows
 */
function emailsOf(db, rows) {
  const present = db
    .prepare('select email from contacts where id % 5 < 2 order by id limit ?')
    .pluck();
  return withNew(/** @type {string[]} */ (present.all(Math.floor(rows * 0.8))));
}

/**
 * Four existing addresses, then a new one, and so on.
 * @param {readonly string[]} present
 */
export function withNew(present) {
  return present.flatMap((email, index) =>
    index % 4 === 0 ? [email, `new${index}@mail.example`] : [email],
  );
}

/**
 * @param {import('better-sqlite3').Database} db
 * @param {string} names
 */
function dropTriggers(db, names) {
  const triggers = db
    .prepare("select name from sqlite_schema where type = 'trigger' and name glob ?")
    .pluck();
  for (const trigger of triggers.all(names)) db.exec(`drop trigger ${String(trigger)}`);
}

/**
 * Upserts `rows` contacts into the store at `path`, in this process.
 * @param {string} path
 * @param {number} rows
 * @param {keyof typeof DROPPED} [dropped] which triggers are dropped first
 */
export async function upsert(path, rows, dropped = 'none') {
  const db = new Database(path);
  try {
    db.pragma('synchronous = full');
    db.pragma('foreign_keys = on');
    db.pragma('cache_size = -65536');
    const emails = emailsOf(db, rows);
    dropTriggers(db, DROPPED[dropped]);
    const statement = db.prepare(`
      insert into contacts (email, first_name, city, points, created_at, updated_at)
      values (?, ?, ?, ?, ?, ?)
      on conflict (email) do update set first_name = excluded.first_name, city = excluded.city,
        points = excluded.points, updated_at = excluded.updated_at`);
    const all = db.transaction(() => {
      for (const [index, email] of emails.entries())
        statement.run(email, 'Ann', 'Barberg', index % 1000, NOW, NOW);
    });
    return await timedHere(() => all.immediate());
  } finally {
    db.close();
  }
}
