import { type SQL, sql } from 'drizzle-orm';
import { BY_KEY, INTEGER, spelled, THEN_JOIN } from '../words.ts';
import type { SqlDatabase } from '../database.ts';
import { name } from '../sql-parts.ts';
import { hasPlainKey, keyOf, sameValue, type UniqueColumn } from '../tables/unique-columns.ts';
import { refuse } from './refuse.ts';
import { keyFor, OF_ANY, stagedKey } from './keys.ts';
import type { RecordShape } from './stage-shape.ts';
import type { SqlStage } from './staging.ts';

/*
 * Uniqueness is judged as the file leaves it, so that values may change hands in it.
 * - claims: rows that write a unique value, the place of its column, and what it compares by;
 *   `is_new` where their record does not have it yet.
 * - blockers: other records that have such a value, and the row that makes them give it up, if any.
 */

/** Rejects rows that write a unique value which another record has in the end. */
export async function refuseTakenUniques(
  db: SqlDatabase,
  stage: SqlStage,
  shape: RecordShape,
): Promise<void> {
  await createTables(db, stage);
  const columns = claimedColumns(stage, shape);
  for (const claimed of columns) await claim(db, stage, shape, claimed);
  if ((await db.get(sql`select 1 from ${stage.table('claims')} limit 1`)) === undefined) return;
  await stage.index('claims', sql`place, key`);
  await stage.index('found', sql`record_id`);
  for (const claimed of columns) await listBlockers(db, stage, claimed);
  await refuseClaimedTwice(db, stage);
  await refuseBlocked(db, stage);
}

async function createTables(db: SqlDatabase, stage: SqlStage): Promise<void> {
  await db.run(sql`
    create temp table ${stage.tableName('claims')} (
      stage_row ${INTEGER} not null, place ${INTEGER} not null, key ${OF_ANY} not null,
      is_new ${INTEGER} not null, has_key ${INTEGER} not null
    )`);
  await db.run(sql`
    create temp table ${stage.tableName('blockers')} (
      stage_row ${INTEGER} not null, place ${INTEGER} not null, holder ${INTEGER} not null,
      freed_by ${INTEGER}, primary key (stage_row, place, holder)
    ) ${BY_KEY}`);
}

interface ClaimedColumn {
  readonly column: UniqueColumn;
  /** Its place among the unique columns of the stage. */
  readonly place: number;
  /** The place of its cells. */
  readonly at: number;
}

/** The unique columns that rows can write. */
function claimedColumns(stage: SqlStage, { columns }: RecordShape): ClaimedColumn[] {
  return stage.uniques
    .map((column, place) => ({ column, place, at: columns.indexOf(column.column) }))
    .filter(({ at }) => at >= 0);
}

/** A value that the record has already, but for the case of ASCII letters, is not claimed. */
async function claim(
  db: SqlDatabase,
  stage: SqlStage,
  shape: RecordShape,
  { column, place, at }: ClaimedColumn,
): Promise<void> {
  const value = stage.cells.value(at);
  const stored = sql`r.${name(column.column)}`;
  const key = keyOf(column, value);
  const isSame = sameValue(column.type, stored, value);
  // nobody has the key of a row that was found by it, or that nobody was found by
  const isWritten =
    column.column === shape.key
      ? sql`f.outcome = 'updated'`
      : sql`f.outcome in ('inserted', 'updated')`;
  await db.run(sql`
    insert into ${stage.table('claims')} (stage_row, place, key, is_new, has_key)
    select s.stage_row, ${place}, ${stagedKey(column, value)},
      case when ${stored} is null or ${keyOf(column, stored)} <> ${key} then 1 else 0 end,
      case when s.found_by is null and s.key is not null then 1 else 0 end
    from ${stage.found} as f
    ${THEN_JOIN} ${stage.rows} as s on s.stage_row = f.stage_row
    left join ${name(shape.kind)} as r on r.id = f.record_id
    where ${isWritten}
      and ${stage.cells.isFilled(at)} and (${stored} is null or not (${isSame}))`);
}

async function listBlockers(
  db: SqlDatabase,
  stage: SqlStage,
  { column, place, at }: ClaimedColumn,
): Promise<void> {
  const value = stage.cells.value(at);
  const key = keyFor(column, sql`claims.key`);
  const gives = sql`(${stage.cells.clears(at)} or ${keyOf(column, value)} <> ${key})`;
  const freedBy = sql`(
    select min(g.stage_row)
    from ${stage.found} as g
    ${THEN_JOIN} ${stage.rows} as s on s.stage_row = g.stage_row
    where g.record_id = h.id and g.outcome = 'updated' and ${gives}
  )`;
  const holders = [
    sql`${THEN_JOIN} ${name(column.table)} as h on ${hasPlainKey(column, 'h', key)}`,
    sql`${THEN_JOIN} ${stage.table('odd')} as h on h.place = claims.place and h.key = claims.key`,
  ];
  for (const holder of holders) {
    await db.run(sql`
      insert into ${stage.table('blockers')} (stage_row, place, holder, freed_by)
      select claims.stage_row, claims.place, h.id, ${freedBy}
      from ${stage.table('claims')} as claims
      ${THEN_JOIN} ${stage.found} as f on f.stage_row = claims.stage_row
      ${holder}
      where claims.place = ${place} and h.id is distinct from f.record_id
      on conflict do nothing`);
  }
}

/** Of rows that write the same value the first, one with a key before those without. */
async function refuseClaimedTwice(db: SqlDatabase, stage: SqlStage): Promise<void> {
  const claims = stage.table('claims');
  const [all = 0, distinct = 0] = await db.row<number>(sql`
    select
      count(*),
      (select count(*) from (select distinct place, key from ${claims} where is_new = 1) as keys)
    from ${claims}
    where is_new = 1`);
  if (all === distinct) return;
  // rule: keyed-first
  await refuse(
    db,
    stage,
    sql`
      select stage_row, ${reason(stage)} as reason
      from (
        select stage_row, place,
          row_number() over (partition by place, key order by has_key desc, stage_row) as nth
        from ${claims}
        where is_new = 1
      ) as claim
      where nth > 1
      group by stage_row`,
  );
}

/**
 * Whoever needs a value that its holder keeps; and since a rejected row gives up nothing, whoever
 * needs what it would have given up, and so on.
 */
async function refuseBlocked(db: SqlDatabase, stage: SqlStage): Promise<void> {
  const blockers = stage.table('blockers');
  if ((await db.get(sql`select 1 from ${blockers} limit 1`)) === undefined) return;
  await stage.index('blockers', sql`freed_by`);
  // rule: gives-nothing
  await refuse(
    db,
    stage,
    sql`
      with recursive blocked (stage_row, place) as (
        select blockers.stage_row, blockers.place
        from ${blockers} as blockers
        left join ${stage.found} as giver on giver.stage_row = blockers.freed_by
        where giver.stage_row is null or giver.outcome = 'rejected'
        union
        select blockers.stage_row, blockers.place
        from blocked
        ${THEN_JOIN} ${blockers} as blockers on blockers.freed_by = blocked.stage_row
      )
      select stage_row, ${reason(stage)} as reason
      from blocked
      group by stage_row`,
  );
}

/** The reason of a rejected row names the first of its columns that are taken. */
function reason({ uniques }: SqlStage): SQL {
  const names = uniques.map(({ column }, place) => sql`when ${place} then ${column}`);
  return sql`'uniqueTaken:' || case min(place) ${sql.join(names, sql` `)} end`;
}

/** One that nobody has. */
const RANDOM_NAME = spelled(sql`hex(randomblob(16))`, sql`gen_random_uuid()::text`);

/**
 * Takes from the records that give up a value to another row what they have, so that no two have it
 * at any moment: nothing, or where there must be something what nobody has.
 */
export async function vacate(db: SqlDatabase, stage: SqlStage, shape: RecordShape): Promise<void> {
  for (const { column, place } of claimedColumns(stage, shape)) {
    const nothing =
      column.table === 'companies' && column.column === 'name' ? RANDOM_NAME : sql`null`;
    // rule: vacated
    await db.run(sql`
      update ${name(shape.kind)}
      set ${name(column.column)} = ${nothing}
      where id in (
        select blockers.holder
        from ${stage.table('blockers')} as blockers
        ${THEN_JOIN} ${stage.found} as f on f.stage_row = blockers.stage_row
        ${THEN_JOIN} ${stage.found} as giver on giver.stage_row = blockers.freed_by
        where blockers.place = ${place} and f.outcome <> 'rejected' and giver.outcome = 'updated'
      )`);
  }
}
