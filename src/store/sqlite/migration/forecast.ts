import { statSync } from 'node:fs';
import { sql } from 'drizzle-orm';
import type { MigrationForecast } from '../../backups.ts';
import { name, type SqliteDatabase } from '../connection/database.ts';
import type { MovedTable } from './moved-tables.ts';

/** Enough to take a few hundredths of a second. */
const SAMPLE = 50_000;
/** What a migration takes beside moving the rows: finding and counting their causes, the log. */
const BESIDE_MOVING = 3;
/** A row in its new place with its index, once in the store and once in its log. */
const BYTES_A_ROW = 2 * 20;

/** What moving these tables is going to take, by the rate at which some of the rows move now. */
export function forecast(
  db: SqliteDatabase,
  path: string,
  moved: readonly MovedTable[],
): MigrationForecast | undefined {
  if (moved.length === 0) return undefined;
  const rows = moved.map(({ from }) => rowsOf(db, from)).reduce((sum, count) => sum + count, 0);
  const backup = statSync(path).size;
  return {
    rows,
    ms: rows * msARow(db, moved[0]?.from ?? '') * BESIDE_MOVING,
    bytes: backup + rows * BYTES_A_ROW,
    backup,
  };
}

function rowsOf(db: SqliteDatabase, table: string): number {
  return db.value<number>(sql`select count(*) from ${name(table)}`);
}

/** How long one row takes, of a sample that is moved into a temporary table. */
function msARow(db: SqliteDatabase, table: string): number {
  db.raw.exec(
    'create temp table moving (a integer, b integer, c integer, primary key (a, b)) without rowid',
  );
  const started = performance.now();
  const moved = db.run(sql`
    insert into temp.moving
    select segment_id, contact_id, since from ${name(table)}
    order by segment_id, contact_id
    limit ${SAMPLE}`);
  const ms = performance.now() - started;
  db.raw.exec('drop table temp.moving');
  return ms / Math.max(1, moved);
}
