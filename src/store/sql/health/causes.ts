import { type SQL, sql } from 'drizzle-orm';
import type { CauseTroubles } from '../../health.ts';
import type { SqlDatabase } from '../database.ts';
import { causesAndPointers, MISCOUNTED, POINTERS, recounting } from '../delta/cause-uses.ts';
import { INTEGER, spelled, TEMP, THEN_JOIN } from '../words.ts';
import { NOW } from './odd-fields.ts';
import { isNoneOf } from './missing.ts';
import { seek, shellCommand } from './trouble.ts';

/** Reads every membership, pin and interval once. */
export async function causeTroubles(db: SqlDatabase): Promise<CauseTroubles> {
  await countPointers(db);
  const remedy = shellCommand(db, ...GIVE_OWN_CAUSES, recounting());
  return {
    lost: await seek(db, {
      columns: sql`id as cause, uses + 1 as rows`,
      from: sql`${COUNTED} where ${isNoneOf(sql`counted_causes.id`, 'causes')}`,
      remedy,
    }),
    elsewhere: await seek(db, {
      columns: sql`id as cause, causes.segment_id, lowest_segment, highest_segment`,
      from: sql`
        ${COUNTED} ${THEN_JOIN} causes using (id)
        where lowest_segment <> highest_segment`,
      remedy,
    }),
    miscounted: await seek(db, {
      columns: sql`
        causes.id as cause, causes.open, counted.open as open_counted, causes.uses,
        counted.uses as uses_counted`,
      from: sql`
        ${COUNTED} as counted ${THEN_JOIN} causes using (id)
        where ${sql.raw(MISCOUNTED)}`,
      remedy: undefined,
    }),
  };
}

/** The id of a new cause, behind all that were given and that stand. */
const NEXT_CAUSE = spelled(
  sql`max(coalesce((select seq from sqlite_sequence where name = 'causes'), 0), coalesce((select max(id) from causes), 0)) + row_number() over ()`,
  sql`nextval(pg_get_serial_sequence('causes', 'id'))`,
);

const COUNTED = sql`${TEMP}.counted_causes`;

/** A cause that is lost has one use less than what points to it. */
async function countPointers(db: SqlDatabase): Promise<void> {
  await db.run(sql`
    create temp table if not exists counted_causes (
      id ${INTEGER} primary key, open ${INTEGER}, uses ${INTEGER}, lowest_segment ${INTEGER},
      highest_segment ${INTEGER}
    )`);
  await db.run(sql`delete from ${COUNTED}`);
  await db.run(sql`
    insert into ${COUNTED} (id, open, uses, lowest_segment, highest_segment)
    select id, sum(open), count(*) - 1, min(segment_id), max(segment_id)
    from (${sql.raw(causesAndPointers())}) as pointing
    group by id`);
}

/**
 * What points to a cause that is lost, or is of another segment, gets one of its own segment: with
 * what that one says, or as of now and unknown.
 */
const GIVE_OWN_CAUSES: readonly SQL[] = [
  sql`create temp table astray as select id as cause_id, segment_id, ${NEXT_CAUSE} as own from (select distinct id, segment_id from (${sql.raw(causesAndPointers())}) as pointing) as pairs where (id, segment_id) not in (select id, segment_id from causes)`,
  sql`insert into causes (id, segment_id, at, via, name, "by", reason, run_id, import_id) select own, astray.segment_id, coalesce(at, ${NOW}), coalesce(via, 'unknown'), name, "by", reason, run_id, import_id from astray left join causes on causes.id = cause_id`,
  ...POINTERS.map(({ table, column }) =>
    sql.raw(
      `update ${table} set ${column} = own from astray ` +
        `where astray.cause_id = ${table}.${column} and astray.segment_id = ${table}.segment_id`,
    ),
  ),
];
