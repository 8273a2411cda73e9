import { transacting } from '../connection/transacting.ts';
import { sql } from 'drizzle-orm';
import { forgetChanges } from './capture.ts';
import type { SqliteDatabase } from '../connection/database.ts';
import { name } from '../../sql/sql-parts.ts';
import { startTimeline, timelineOf } from '../../sql/delta/timeline.ts';
import type { LockRecord } from '../file/lock-record.ts';

/*
 * A store lives from its making until it is restored or copied: then another life begins, with a
 * timeline of its own. The first half of a timeline stays the same over all lives of a store, and
 * tells its backups from those of others.
 */

const LARGEST = 2 ** 31 - 1;

/** What a lock file is to remember of the store; undefined where the store cannot tell. */
export async function lifeOf(db: SqliteDatabase): Promise<LockRecord | undefined> {
  const timeline = await timelineOf(db);
  if (timeline === undefined) return undefined;
  try {
    const age = await db.value<number>(
      sql`select epoch + coalesce((select seq from sqlite_sequence where name = 'runs'), 0) from capture`,
    );
    return Number.isSafeInteger(age) && age >= 0
      ? { life: lifeNumber(timeline), age: Math.min(age, LARGEST) }
      : undefined;
  } catch {
    return undefined;
  }
}

/** 1 to 2^31 - 1 */
function lifeNumber(timeline: string): number {
  let hash = 0x811c9dc5;
  for (const letter of timeline)
    hash = Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  return hash % LARGEST || 1;
}

/**
 * Begins another life where the store was put there by hand, from a backup or from elsewhere. That is
 * so where the lock file remembers another life or a later state of this one, or where it remembers
 * nothing and the store has built segments.
 */
export async function noticeCopy(
  db: SqliteDatabase,
  remembered: LockRecord | undefined,
): Promise<void> {
  const life = await lifeOf(db);
  if (life === undefined || (remembered?.life === life.life && remembered.age <= life.age)) return;
  const isBuilt =
    (await db.get(
      sql`select 1 from segments where kind = 'dynamic' and seen_epoch is not null limit 1`,
    )) !== undefined;
  if (remembered === undefined && !isBuilt) return;
  db.begun();
  await transacting(db.raw, async () => beginLife(db));
}

/**
 * Gives the store another timeline, so that nothing that was noted outside of it counts any more, and
 * makes the next build of every segment a full one. To be called in a transaction.
 */
export async function beginLife(db: SqliteDatabase): Promise<void> {
  await forgetChanges(db);
  await startTimeline(db);
}

/**
 * Sets counters of ids on, so that no id is given out that the attached store `earlier` gave out: also
 * of tables that have no counter yet, since they never had a row.
 */
export async function keepIdsFrom(db: SqliteDatabase, earlier: string): Promise<void> {
  const known = sql`
    (select name, max(seq) as seq from ${name(earlier)}.sqlite_sequence group by name) as known`;
  await db.run(sql`
    update main.sqlite_sequence
    set seq = known.seq
    from ${known}
    where known.name = sqlite_sequence.name and known.seq > sqlite_sequence.seq`);
  // rule: restore-first-ids
  await db.run(sql`
    insert into main.sqlite_sequence (name, seq)
    select name, seq
    from ${known}
    where name in (select name from main.sqlite_schema where type = 'table')
      and name not in (select name from main.sqlite_sequence)
    order by name`);
}
