import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { ratioLine } from '../line.js';
import { interleaved, runNode } from '../measure.js';
import { BIN, rollcall } from '../rollcall.js';

/** So many moves for each contact there is. */
const MOVES_EACH = 10;
const NEW = 1000;
const CAUSES = 50;
const MOST_TO_LIST = 2;

/**
 * The last thousand changes of ten for each contact, after a cursor, against the list of segments.
 * @param {import('../run.js').Bench} bench
 * @returns {Promise<import('../line.js').Line[]>}
 */
export async function feed({ folder, contacts, rounds, say }) {
  const db = join(folder, 'feed.db');
  say('feed: making the history');
  rollcall('init', '--db', db);
  rollcall('segments:create', 'List', '--db', db);
  const cursor = fill(db, contacts);
  const taken = await interleaved(Math.max(rounds, 5), {
    feed: async () => runNode(BIN, 'segments:changes', '--since', cursor, '--db', db),
    list: async () => runNode(BIN, 'segments:list', '--db', db),
  });
  const moves = (contacts * MOVES_EACH).toLocaleString('en');
  return [
    ratioLine(`${NEW.toLocaleString('en')} changes of ${moves}, after a cursor`, taken.feed, {
      ...{ to: 'segments:list', than: taken.list, most: MOST_TO_LIST },
    }),
  ];
}

/**
 * Contacts who joined and left again and again by large causes, then some by small ones. Gives the
 * cursor before these.
 * @param {string} path
 * @param {number} contacts
 */
function fill(path, contacts) {
  const db = new Sqlite(path);
  db.pragma('foreign_keys = off');
  const insert = db.prepare(`
    insert into contacts (email, created_at, updated_at)
    with recursive one (n) as (select 1 union all select n + 1 from one where n < ?)
    select 'c' || n || '@example.org', 0, 0 from one`);
  const causes = db.prepare(`
    insert into causes (segment_id, at, via, joined, "left", open, uses)
    values (1, 0, 'import', ?, ?, 0, ?)`);
  const intervals = db.prepare(`
    insert into joined_history (segment_id, contact_id, joined_cause, left_cause)
    select 1, id, ?, ? from contacts where id between ? and ? order by id`);
  const list = db.prepare('insert into moved select ?, id from contacts where id between ? and ?');
  db.transaction(() => {
    insert.run(contacts);
    for (let round = 0; round < MOVES_EACH / 2; round += 1) {
      const joined = causes.run(contacts, 0, contacts).lastInsertRowid;
      const left = causes.run(0, contacts, contacts).lastInsertRowid;
      intervals.run(joined, left, 1, contacts);
    }
  })();
  const [before] = [db.prepare('select max(id) from causes').pluck().get()];
  const each = NEW / CAUSES / 2;
  db.transaction(() => {
    for (let number = 0; number < CAUSES; number += 1) {
      const [from, to] = [number * each + 1, (number + 1) * each];
      const joined = causes.run(each, 0, each).lastInsertRowid;
      const left = causes.run(0, each, each).lastInsertRowid;
      intervals.run(joined, left, from, to);
      for (const cause of [joined, left]) list.run(cause, from, to);
    }
  })();
  const life = db.prepare('select timeline from capture').pluck().get();
  db.close();
  return `${String(life)}.${Number(before).toString(36)}.${Number.MAX_SAFE_INTEGER.toString(36)}.0`;
}
