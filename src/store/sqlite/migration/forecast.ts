import { statSync } from 'node:fs';
import { inTurn } from '../../../support/in-turn.ts';
import { sql } from 'drizzle-orm';
import type { MigrationForecast } from '../../backups.ts';
import type { SqliteDatabase } from '../connection/database.ts';
import { name } from '../../sql/sql-parts.ts';
import type { MovedTable } from './moved-tables.ts';

/** Enough to take a few hundredths of a second. */
const SAMPLE = 50_000;
/** However many segments there are, so many rows of each tell how many causes it has. */
const LEAST_OF_A_SEGMENT = 100;
/** What a migration takes beside moving the rows: finding and counting their causes, the log. */
const BESIDE_MOVING = 3;
/** What a cause takes that stands for one membership alone, by what moving a row takes. */
const MOVES_A_CAUSE = 20;
/** A row in its new place with its index, once in the store and once in its log. */
const BYTES_A_ROW = 2 * 20;
/** A cause likewise, and meanwhile in temporary files. */
const BYTES_A_CAUSE = 2 * 55 + 110;

/** The columns of an end of a membership that its cause is made of, by table. */
const ENDS: Readonly<Record<string, readonly string[]>> = {
  memberships: ['since, via, run_id'],
  membership_history: ['joined_at, joined_via, joined_run', 'left_at, left_via, left_run'],
};

/** What moving these tables is going to take, by the rate at which some of the rows move now. */
export async function forecast(
  db: SqliteDatabase,
  path: string,
  moved: readonly MovedTable[],
): Promise<MigrationForecast | undefined> {
  if (moved.length === 0) return undefined;
  const counted = await inTurn(moved, async ({ from }) => countOf(db, from));
  const rows = sumOf(counted.map((one) => one.rows));
  const causes = sumOf(counted.map((one) => one.causes));
  const backup = statSync(path).size;
  return {
    rows,
    ms: (rows * BESIDE_MOVING + causes * MOVES_A_CAUSE) * (await msARow(db, moved[0]?.from ?? '')),
    bytes: backup + rows * BYTES_A_ROW + causes * BYTES_A_CAUSE,
    backup,
  };
}

interface Count {
  readonly rows: number;
  readonly causes: number;
}

/** The rows of a table, and about how many causes they come to, by some of the rows of each segment. */
async function countOf(db: SqliteDatabase, table: string): Promise<Count> {
  const segments = await db.all<{ segmentId: number; rows: number }>(sql`
    select segment_id as "segmentId", count(*) as rows from ${name(table)} group by segment_id`);
  const sampled = Math.max(LEAST_OF_A_SEGMENT, Math.ceil(SAMPLE / Math.max(1, segments.length)));
  const causes = (
    await inTurn(segments, async ({ segmentId, rows }) =>
      inTurn(ENDS[table] ?? [], async (columns) => {
        const distinct = await db.value<number>(sql`
        select count(*)
        from (
          select distinct *
          from (
            select ${sql.raw(columns)} from ${name(table)} where segment_id = ${segmentId}
            limit ${sampled}
          )
        )`);
        return (distinct * rows) / Math.min(rows, sampled);
      }),
    )
  ).flat();
  return { rows: sumOf(segments.map(({ rows }) => rows)), causes: Math.ceil(sumOf(causes)) };
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0);
}

/** How long one row takes, of a sample that is moved into a temporary table. */
async function msARow(db: SqliteDatabase, table: string): Promise<number> {
  db.raw.exec(
    'create temp table moving (a integer, b integer, c integer, primary key (a, b)) without rowid',
  );
  const started = performance.now();
  const moved = await db.run(sql`
    insert into temp.moving
    select segment_id, contact_id, since from ${name(table)}
    order by segment_id, contact_id
    limit ${SAMPLE}`);
  const ms = performance.now() - started;
  db.raw.exec('drop table temp.moving');
  return ms / Math.max(1, moved);
}
