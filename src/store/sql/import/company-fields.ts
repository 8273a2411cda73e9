import { type SQL, sql } from 'drizzle-orm';
import { exactly, INTEGER, TEXT, THEN_JOIN } from '../words.ts';
import type { SqlDatabase } from '../database.ts';
import { anyOf, name } from '../sql-parts.ts';
import { COMPANY_NAME, keyOf } from '../tables/unique-columns.ts';
import { refuse } from './refuse.ts';
import { Cells, COMPANY, declaredCells, firstGiven } from './cells.ts';
import type { CompanyFieldRows } from './company-field-rows.ts';
import type { RecordShape } from './stage-shape.ts';
import type { SqlStage } from './staging.ts';

/*
 * Rows of contacts may edit the companies that their contacts have in the end: those that the rows
 * name, else those that the contacts have already. What a row says of another company, which a
 * later row of the same contact has replaced, does not count.
 */

/** Has the rows that were merged into another one speak for its contact. */
export async function mergeCompanyFields(db: SqlDatabase, stage: SqlStage): Promise<void> {
  if (stage.companyFields === undefined) return;
  await db.run(sql`
    update ${stage.table('company_fields')} as g
    set into_row = merged.into_row
    from ${stage.table('merged')} as merged
    where g.stage_row = merged.stage_row and merged.into_row <> merged.stage_row`);
}

/**
 * Rejects rows that give values to the company of a contact without any, and, where rows that say
 * the same thing twice are errors, rows that contradict an earlier row on the same company.
 */
export async function refuseCompanyFields(
  db: SqlDatabase,
  stage: SqlStage,
  shape: RecordShape,
): Promise<void> {
  if (stage.companyFields === undefined) return;
  const cells = cellsOf(stage.companyFields, 'g');
  await refuse(db, stage, withoutCompany(stage, shape, cells));
  // rule: company-contradicted
  if (shape.duplicates === 'error') await refuse(db, stage, contradicted(stage, shape, cells));
}

const companyColumns = ({ companyColumns: columns = [] }: RecordShape): readonly string[] =>
  columns;

function cellsOf({ cleared }: CompanyFieldRows, row: string): Cells {
  return new Cells(row, cleared);
}

/** Rows `g` that are not rejected, with their contact's row `s` and, where it is there, contact `r`. */
function speaking(stage: SqlStage): SQL {
  return sql`
    ${stage.table('company_fields')} as g
    ${THEN_JOIN} ${stage.found} as f on f.stage_row = g.into_row and f.outcome <> 'rejected'
    ${THEN_JOIN} ${stage.rows} as s on s.stage_row = g.into_row
    left join contacts as r on r.id = f.record_id
    left join companies as present on present.id = r.company_id`;
}

function withoutCompany(stage: SqlStage, shape: RecordShape, cells: Cells): SQL {
  const columns = companyColumns(shape);
  const firstFilled = columns.map(
    (column, place) => sql`when ${cells.isFilled(place)} then ${column}`,
  );
  const named = sql`min('noCompany:' || case ${sql.join(firstFilled, sql` `)} end)`;
  const isFilledAny = anyOf(columns.map((_, place) => cells.isFilled(place)));
  return sql`
    select g.into_row as stage_row, ${named} as reason
    from ${speaking(stage)}
    where g.company_key is null and ${isFilledAny}
      and (${stage.cells.clears(COMPANY)} or (s.company is null and present.id is null))
    group by g.into_row`;
}

/** Of each company, rows with another value than the first one that the file gives it. */
function contradicted(stage: SqlStage, shape: RecordShape, cells: Cells): SQL {
  const key = sql`coalesce(g.company_key, ${keyOf(COMPANY_NAME, sql`present.name`)})`;
  const ofColumns = companyColumns(shape).map((column, place) => {
    const value = cells.value(place);
    return sql`
      select stage_row, ${`companyTwice:${column}`} as reason
      from (
        select g.into_row as stage_row, ${value} as value,
          first_value(${value}) over (partition by ${key} order by g.stage_row) as first
        from ${speaking(stage)}
        where ${cells.isGiven(place)} and g.is_cleared = 0
      ) as said
      where ${exactly(sql`value`)} is distinct from first`;
  });
  return sql`
    select stage_row, min(reason) as reason
    from (${sql.join(ofColumns, sql` union all `)}) as later
    group by stage_row`;
}

/** Edits the companies, when the contacts are written; gives how many of those before changed. */
export async function writeCompanyFields(
  db: SqlDatabase,
  stage: SqlStage,
  shape: RecordShape,
  now: number,
): Promise<void> {
  if (stage.companyFields === undefined) return;
  await findEdited(db, stage);
  await layOutEdited(db, stage, stage.companyFields, shape);
  const cells = cellsOf(stage.companyFields, 'v');
  const columns = companyColumns(shape).map((column, place) => ({
    column: name(column),
    isGiven: cells.isGiven(place),
    kept: sql`r.${name(column)}`,
    value: cells.value(place),
  }));
  const differs = columns.map(
    ({ isGiven, kept, value }) => sql`(${isGiven} and ${exactly(kept)} is distinct from ${value})`,
  );
  const isEdited = sql`
    from ${stage.table('edited_companies')} as v
    where r.id = v.company_id and ${anyOf(differs)}`;
  stage.figures.companiesUpdated = await db.value<number>(sql`
    select count(*)
    from companies as r
    where r.id <= ${stage.figures.lastCompany} and exists (select 1 ${isEdited})`);
  const sets = columns.map(
    ({ column, isGiven, kept, value }) =>
      sql`${column} = case when ${isGiven} then ${value} else ${kept} end`,
  );
  await db.run(sql`
    update companies as r set updated_at = ${now}, ${sql.join(sets, sql`, `)} ${isEdited}`);
}

/** Finds the company that each row edits: that of its contact, unless the row names another one. */
async function findEdited(db: SqlDatabase, stage: SqlStage): Promise<void> {
  // rule: company-of-contact
  await db.run(sql`
    update ${stage.table('company_fields')} as g
    set company_id = k.id
    from ${stage.found} as f
    ${THEN_JOIN} contacts as r on r.id = f.record_id
    ${THEN_JOIN} companies as k on k.id = r.company_id
    where f.stage_row = g.into_row and f.outcome <> 'rejected' and g.is_cleared = 0
      and (g.company_key is null or g.company_key = ${keyOf(COMPANY_NAME, sql`k.name`)})`);
}

/** Puts together what the file says of each company: the last value of each field, or the first. */
async function layOutEdited(
  db: SqlDatabase,
  stage: SqlStage,
  { types, cleared }: CompanyFieldRows,
  shape: RecordShape,
): Promise<void> {
  const edited = stage.table('edited_companies');
  await db.run(sql`
    create temp table ${stage.tableName('edited_companies')} (
      company_id ${INTEGER} primary key, cleared ${TEXT}${declaredCells(types)}
    )`);
  await stage.index('company_fields', sql`company_id`);
  await db.run(sql`
    insert into ${edited} (company_id)
    select distinct company_id from ${stage.table('company_fields')} where company_id is not null`);
  // rule: company-last
  const direction = shape.duplicates === 'last' ? sql`desc` : sql`asc`;
  const sets = firstGiven([...types.keys()], cleared, {
    cells: new Cells('g', cleared),
    from: sql`${stage.table('company_fields')} as g`,
    where: sql`g.company_id = v.company_id`,
    order: sql`g.stage_row ${direction}`,
  });
  await db.run(sql`update ${edited} as v set ${sql.join(sets, sql`, `)}`);
}
