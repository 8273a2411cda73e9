import { sql } from 'drizzle-orm';
import type { CauseTroubles } from '../../health.ts';
import type { SqliteDatabase } from '../connection/database.ts';
import { causesAndPointers, MISCOUNTED, POINTERS, recounting } from '../delta/cause-uses.ts';
import { seek, shellCommand } from './trouble.ts';

/** Reads every membership, pin and interval once. */
export async function causeTroubles(db: SqliteDatabase): Promise<CauseTroubles> {
  await countPointers(db);
  const remedy = shellCommand(db, `${GIVE_OWN_CAUSES}; ${recounting()}`);
  return {
    lost: await seek(db, {
      columns: sql`id as cause, uses + 1 as rows`,
      from: sql`temp.counted_causes where id not in (select id from causes)`,
      remedy,
    }),
    elsewhere: await seek(db, {
      columns: sql`id as cause, causes.segment_id, lowest_segment, highest_segment`,
      from: sql`
        temp.counted_causes cross join causes using (id)
        where lowest_segment <> highest_segment`,
      remedy,
    }),
    miscounted: await seek(db, {
      columns: sql`
        causes.id as cause, causes.open, counted.open as open_counted, causes.uses,
        counted.uses as uses_counted`,
      from: sql`
        temp.counted_causes as counted cross join causes using (id)
        where ${sql.raw(MISCOUNTED)}`,
      remedy: undefined,
    }),
  };
}

/** A cause that is lost has one use less than what points to it. */
async function countPointers(db: SqliteDatabase): Promise<void> {
  db.raw.exec(`
    create temp table if not exists counted_causes (
      id integer primary key, open integer, uses integer, lowest_segment integer,
      highest_segment integer
    )`);
  await db.run(sql`delete from temp.counted_causes`);
  await db.run(sql`
    insert into temp.counted_causes (id, open, uses, lowest_segment, highest_segment)
    select id, sum(open), count(*) - 1, min(segment_id), max(segment_id)
    from (${sql.raw(causesAndPointers())})
    group by id`);
}

/**
 * What points to a cause that is lost, or is of another segment, gets one of its own segment: with
 * what that one says, or as of now and unknown.
 */
const GIVE_OWN_CAUSES = [
  'create temp table astray as select id as cause_id, segment_id, ' +
    "max(coalesce((select seq from sqlite_sequence where name = 'causes'), 0), " +
    'coalesce((select max(id) from causes), 0)) + row_number() over () as own ' +
    `from (select distinct id, segment_id from (${causesAndPointers()})) ` +
    'where (id, segment_id) not in (select id, segment_id from causes)',
  'insert into causes (id, segment_id, at, via, name, "by", reason, run_id, import_id) ' +
    "select own, astray.segment_id, coalesce(at, strftime('%s', 'now') * 1000), " +
    'coalesce(via, \'unknown\'), name, "by", reason, run_id, import_id ' +
    'from astray left join causes on causes.id = cause_id',
  ...POINTERS.map(
    ({ table, column }) =>
      `update ${table} set ${column} = own from astray ` +
      `where astray.cause_id = ${table}.${column} and astray.segment_id = ${table}.segment_id`,
  ),
].join('; ');
