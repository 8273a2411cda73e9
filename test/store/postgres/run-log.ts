import { sql } from 'drizzle-orm';
import { inWriting } from '../../../src/store/postgres/connection/transactions.ts';
import { changesTable } from '../../../src/store/postgres/delta/changes.ts';
import type { PostgresSession } from '../../../src/store/postgres/postgres-session.ts';

/**
 * Waits until no transaction of the server, in whatever database, is older than what is logged here:
 * until then, watermarks stay behind it.
 */
export async function passed(db: PostgresSession): Promise<void> {
  const isPassed = sql`
    select not exists (
      select
      from (select xid from contact_changes union all select xid from wide_changes) as logged
      where xid >= pg_snapshot_xmin(pg_current_snapshot())
    )`;
  while ((await db.value<number>(isPassed)) === 0);
}

/** Begins a run; gives whether the log was in doubt, and the watermark. */
export async function open(db: PostgresSession): Promise<{ doubtful: boolean; seen: string }> {
  await passed(db);
  return inWriting(db, async () => {
    const changes = changesTable(db);
    return { doubtful: await changes.open(), seen: await changes.watermark() };
  });
}

/** Stamps a segment as one that has seen this. */
export async function addSegment(db: PostgresSession, id: number, seen: string): Promise<void> {
  await db.run(sql`
    insert into segments (id, alias, name, kind, created_at, updated_at, seen_epoch)
    values (${id}, ${`s${id}`}, 'S', 'dynamic', 0, 0, ${seen})`);
}

/** Gives numbers below a bound, the same ones for a seed. */
export function seeded(seed: number): (below: number) => number {
  let state = seed * 104729;
  return (below) => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return Math.floor((state / 2147483648) * below);
  };
}
