import { type SQL, sql } from 'drizzle-orm';
import { BY_KEY, INTEGER, THEN_JOIN } from '../words.ts';
import type { SqlDatabase } from '../database.ts';
import { EVERY_TAG } from './record-rows.ts';
import { COMPANY, Cells, firstGiven } from './cells.ts';
import type { RecordShape } from './stage-shape.ts';
import { noteWishes } from './kept-wishes.ts';
import { mergeCompanyFields } from './company-fields.ts';
import type { SqlStage } from './staging.ts';

/**
 * Makes one row of those that have a key in common, the first of them, or rejects all but it. Looks
 * closer only where there are such rows.
 */
export async function mergeRows(
  db: SqlDatabase,
  stage: SqlStage,
  shape: RecordShape,
): Promise<void> {
  if (!stage.said.keys.mayRepeat) return;
  await stage.index('rows', sql`key, found_by`);
  const [keyed = 0, distinct = 0] = await db.row<number>(sql`
    select
      count(key),
      (select count(*) from (select distinct key, found_by from ${stage.rows} where key is not null) as keys)
    from ${stage.rows}`);
  if (keyed === distinct) return;
  await listMerged(db, stage);
  if (shape.duplicates === 'error') await refuseLater(db, stage, shape);
  else {
    await mergeCells(db, stage, shape);
    await mergeTags(db, stage, shape);
    await mergeConsent(db, stage, shape);
    await mergeSegments(db, stage);
    await mergeCompanyFields(db, stage);
  }
  await db.run(sql`delete from ${stage.rows} where stage_row in ${later(stage)}`);
}

/** Which row each one goes into that shares its key: the first of them, itself among them. */
async function listMerged(db: SqlDatabase, stage: SqlStage): Promise<void> {
  await db.run(sql`
    create temp table ${stage.tableName('merged')} (
      into_row ${INTEGER} not null, stage_row ${INTEGER} not null, primary key (into_row, stage_row)
    ) ${BY_KEY}`);
  await db.run(sql`
    insert into ${stage.table('merged')} (into_row, stage_row)
    with shared as materialized (
      select key, found_by, min(stage_row) as into_row
      from ${stage.rows}
      where key is not null
      group by key, found_by
      having count(*) > 1
    )
    select shared.into_row, s.stage_row
    from shared
    ${THEN_JOIN} ${stage.rows} as s on s.key = shared.key and s.found_by is not distinct from shared.found_by`);
  await stage.analyze('merged');
}

/** All that are merged but the first of each key. */
function later(stage: SqlStage): SQL {
  return sql`(select stage_row from ${stage.table('merged')} where stage_row <> into_row)`;
}

async function refuseLater(db: SqlDatabase, stage: SqlStage, shape: RecordShape): Promise<void> {
  await db.run(sql`
    insert into ${stage.rejects} (line, reason)
    select line, 'duplicateKey'
    from ${stage.rows}
    where stage_row in ${later(stage)}`);
  await noteWishes(db, stage, shape, later(stage));
}

/** In each column the last cell that says anything counts, or the first. */
async function mergeCells(db: SqlDatabase, stage: SqlStage, shape: RecordShape): Promise<void> {
  const { cleared } = stage.said;
  const of = sql`
    ${stage.table('merged')} as merged
    ${THEN_JOIN} ${stage.rows} as each on each.stage_row = merged.stage_row`;
  const isLast = shape.duplicates === 'last';
  const sets = firstGiven([COMPANY, ...shape.columns.keys()], cleared, {
    cells: new Cells('each', cleared),
    from: of,
    where: sql`merged.into_row = s.stage_row`,
    order: sql`merged.stage_row ${isLast ? sql`desc` : sql`asc`}`,
  });
  if (isLast)
    sets.push(sql`line = (
      select max(each.line) from ${of} where merged.into_row = s.stage_row
    )`);
  await db.run(sql`
    update ${stage.rows} as s
    set ${sql.join(sets, sql`, `)}
    where stage_row in (select into_row from ${stage.table('merged')})`);
}

/**
 * A row that takes all tags off makes those before it forgotten where the last counts; where the
 * first counts, it matters only as the first that speaks of tags.
 */
async function mergeTags(db: SqlDatabase, stage: SqlStage, shape: RecordShape): Promise<void> {
  if (!stage.said.tags) return;
  const isFirst = shape.duplicates === 'first';
  const mentions = sql`
    ${stage.table('merged')} as merged
    ${THEN_JOIN} ${stage.tags} as given on given.stage_row = merged.stage_row`;
  // the first row of each key that speaks of tags, or the last that takes all of them off
  const [decisive, forgotten] = isFirst
    ? [sql`min(merged.stage_row)`, sql`merged.stage_row > decisive.at and given.tag = ${EVERY_TAG}`]
    : [
        sql`max(case when given.tag = ${EVERY_TAG} then merged.stage_row end)`,
        sql`merged.stage_row < decisive.at`,
      ];
  await db.run(sql`
    delete from ${stage.tags}
    where (stage_row, tag) in (
      with decisive as materialized (
        select merged.into_row, ${decisive} as at from ${mentions} group by merged.into_row
      )
      select merged.stage_row, given.tag
      from decisive
      cross join ${mentions}
      where merged.into_row = decisive.into_row and ${forgotten}
    )`);
  await db.run(sql`
    insert into ${stage.tags} (stage_row, tag, is_added, name)
    select merged.into_row, given.tag, given.is_added, given.name
    ${laterOf(stage, stage.tags)}
    on conflict (stage_row, tag) ${
      isFirst ? sql`do nothing` : sql`do update set is_added = excluded.is_added`
    }`);
}

/** What the later rows of each key say beside their columns, as `given`, in their order. */
function laterOf(stage: SqlStage, said: SQL): SQL {
  return sql`
    from ${stage.table('merged')} as merged
    ${THEN_JOIN} ${said} as given on given.stage_row = merged.stage_row
    where merged.stage_row <> merged.into_row
    order by merged.stage_row`;
}

async function mergeConsent(db: SqlDatabase, stage: SqlStage, shape: RecordShape): Promise<void> {
  if (!stage.said.consent) return;
  await db.run(sql`
    insert into ${stage.consent} (stage_row, channel, reason, is_suppressed)
    select merged.into_row, given.channel, given.reason, given.is_suppressed
    ${laterOf(stage, stage.consent)}
    on conflict (stage_row, channel, reason) ${
      shape.duplicates === 'first'
        ? sql`do nothing`
        : sql`do update set is_suppressed = excluded.is_suppressed`
    }`);
}

async function mergeSegments(db: SqlDatabase, stage: SqlStage): Promise<void> {
  await db.run(sql`
    insert into ${stage.segments} (stage_row, segment_id)
    select merged.into_row, given.segment_id
    ${laterOf(stage, stage.segments)}
    on conflict do nothing`);
}
