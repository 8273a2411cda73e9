import Sqlite from 'better-sqlite3';
import type { RawOperation, Step } from './operations.ts';
import { at, contactId } from './world.ts';

/*
 * What SQL can do to a contact by its keys (id, address, badge) without saying so: REPLACE removes
 * up to three contacts for one that comes, and no delete trigger fires; an upsert is an insert that
 * becomes an update.
 */

const email = (number: number): string => `C${number % 8}@example.org`;
const badge = (number: number): string | null => at(['B0', 'b1', 'b2', 'B3', null], number);
const NEW = 'insert or replace into contacts (email, points, created_at, updated_at) values';
const KEYED = '(id, email, badge, points, created_at, updated_at)';

function replaceByKeys(
  db: Sqlite.Database,
  { now, numbers: [a, b, c] }: Step,
  values: (row: string) => string = (row) => row,
): void {
  const row = '(@id, @email, @badge, @points, @now, @now)';
  db.prepare(`insert or replace into contacts ${KEYED} values ${values(row)}`).run({
    id: c % 2 === 0 ? null : contactId(c),
    email: email(a),
    badge: badge(b),
    points: b % 100,
    now,
  });
}

/** Goes on where a constraint fails: of `or fail`, the rows before it stay. */
function asFarAsPossible(work: () => unknown): void {
  try {
    work();
  } catch (error) {
    if (!(error instanceof Sqlite.SqliteError && error.code.startsWith('SQLITE_CONSTRAINT')))
      throw error;
  }
}

export const REPLACEMENTS: Readonly<Record<string, RawOperation>> = {
  replaceByKeysRaw: (db, step) => replaceByKeys(db, step),
  /** The second row removes the first, which was there for a moment. */
  replaceTwiceRaw: (db, step) =>
    replaceByKeys(db, step, (row) => `${row}, (null, @email, 'b9', 7, @now, @now)`),
  replaceFiringRaw: (db, step) => {
    db.pragma('recursive_triggers = on');
    replaceByKeys(db, step);
  },
  replaceCascadingRaw: (db, step) => {
    db.pragma('foreign_keys = on');
    replaceByKeys(db, step);
  },
  replaceOwnIdRaw: (db, { numbers: [a, b] }) =>
    void db
      .prepare(
        `insert or replace into contacts ${KEYED}
          select id, email, badge, ?, created_at, updated_at from contacts where id = ?`,
      )
      .run(b % 100, contactId(a)),
  replaceIdRaw: (db, { numbers: [a, b, c] }) =>
    void db
      .prepare('update or replace contacts set (_rowid_, badge) = (?, ?) where id = ?')
      .run(contactId(a), badge(c), contactId(b)),
  /** As many contacts as before: one more came, one was replaced, one was deleted. */
  replaceBalancedRaw: (db, { now, numbers: [a, b, c] }) =>
    db.transaction(() => {
      db.prepare(`${NEW} (?, 1, ?, ?)`).run(`new${a}@example.org`, now, now);
      db.prepare(`${NEW} (?, 99, ?, ?)`).run(email(b), now, now);
      db.prepare('delete from contacts where id = ?').run(contactId(c));
    })(),
  /** Who takes the address that another one gave up is replaced, by a third. */
  replaceTakerRaw: (db, { now, numbers: [a, b] }) =>
    db.transaction(() => {
      db.prepare('update contacts set email = null where email = ?').run(email(a));
      db.prepare('update or replace contacts set email = ? where id = ?').run(
        email(a),
        contactId(b),
      );
      db.prepare(`${NEW} (?, ?, ?, ?)`).run(email(a), b % 100, now, now);
      db.prepare('update contacts set email = null where email = ?').run(email(a));
    })(),
  upsertReplacingRaw: (db, { now, numbers: [a, b, c] }) =>
    void db
      .prepare(
        `insert or replace into contacts (email, badge, created_at, updated_at) values (?, ?, ?, ?)
          on conflict (email) do update set points = ?`,
      )
      .run(email(a), badge(b), now, now, c % 100),
  upsertNothingRaw: (db, { now, numbers: [a, b] }) =>
    void db
      .prepare(
        `insert into contacts (email, badge, created_at, updated_at) values (?, ?, ?, ?)
          on conflict do nothing`,
      )
      .run(email(a), badge(b), now, now),
  insertSomeRaw: (db, { now, numbers: [a, b, c] }) =>
    asFarAsPossible(() =>
      db
        .prepare(
          `insert or ${at(['ignore', 'fail', 'abort'], c)} into contacts ${KEYED}
            values (?, ?, 'b7', 5, @now, @now), (?, ?, null, 50, @now, @now), (?, ?, 'b8', 95, @now, @now)`,
        )
        .run(
          contactId(a),
          `some${a}@example.org`,
          contactId(b),
          email(b),
          contactId(c),
          `some${c}@example.org`,
          { now },
        ),
    ),
  returnContactRaw: (db, { now, numbers: [a, b] }) =>
    db.transaction(() => {
      db.prepare('delete from contacts where id = ?').run(contactId(a));
      db.prepare(
        'insert into contacts (id, points, created_at, updated_at) values (?, ?, ?, ?)',
      ).run(contactId(a), b % 100, now, now);
    })(),
  /** Of two writes the second is taken back, with what it removed. */
  takeBackRaw: (db, step) => {
    db.exec('begin');
    db.prepare('update contacts set points = 60 where id = ?').run(contactId(step.numbers[0]));
    db.exec('savepoint half');
    replaceByKeys(db, step);
    db.exec('rollback to half; commit');
  },
};

/** After these, an id may be another one's than before. */
export const REPLACEMENTS_OF_IDS = [
  'replaceByKeysRaw',
  'replaceTwiceRaw',
  'replaceFiringRaw',
  'replaceCascadingRaw',
  'replaceOwnIdRaw',
  'replaceIdRaw',
  'insertSomeRaw',
  'returnContactRaw',
];
