import { type SQL, sql } from 'drizzle-orm';
import type { SqliteDatabase } from '../connection/database.ts';
import { anyOf, name } from '../connection/sql-parts.ts';
import { COMPANY_NAME, keyOf } from '../tables/unique-columns.ts';
import { refuse } from './refuse.ts';
import { cell, isFilled, type RecordShape } from './stage-shape.ts';
import type { SqliteStage } from './staging.ts';

/*
 * Rows of contacts may edit the companies that their contacts have in the end: those that the rows
 * name, else those that the contacts have already. What a row says of another company, which a
 * later row of the same contact has replaced, does not count.
 */

/** Has the rows that were merged into another one speak for its contact. */
export async function mergeCompanyFields(db: SqliteDatabase, stage: SqliteStage): Promise<void> {
  if (!stage.hasCompanyFields) return;
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
  db: SqliteDatabase,
  stage: SqliteStage,
  shape: RecordShape,
): Promise<void> {
  if (!stage.hasCompanyFields) return;
  await refuse(db, stage, withoutCompany(stage, shape));
  // rule: company-contradicted
  if (shape.duplicates === 'error') await refuse(db, stage, contradicted(stage, shape));
}

const companyColumns = ({ companyColumns: columns = [] }: RecordShape): readonly string[] =>
  columns;

/** Rows `g` that are not rejected, with their contact's row `s` and, where it is there, contact `r`. */
function speaking(stage: SqliteStage): SQL {
  return sql`
    ${stage.table('company_fields')} as g
    cross join ${stage.found} as f on f.stage_row = g.into_row and f.outcome <> 'rejected'
    cross join ${stage.rows} as s on s.stage_row = g.into_row
    left join contacts as r on r.id = f.record_id
    left join companies as present on present.id = r.company_id`;
}

function withoutCompany(stage: SqliteStage, shape: RecordShape): SQL {
  const columns = companyColumns(shape);
  const firstFilled = columns.map(
    (column, index) => sql`when ${isFilled(sql`g.${cell(index)}`)} then ${column}`,
  );
  const named = sql`min('noCompany:' || case ${sql.join(firstFilled, sql` `)} end)`;
  const isFilledAny = anyOf(columns.map((_, index) => isFilled(sql`g.${cell(index)}`)));
  return sql`
    select g.into_row as stage_row, ${named} as reason
    from ${speaking(stage)}
    where g.company_key is null and ${isFilledAny}
      and (typeof(s.company) = 'blob' or (s.company is null and present.id is null))
    group by g.into_row`;
}

/** Of each company, rows with another value than the first one that the file gives it. */
function contradicted(stage: SqliteStage, shape: RecordShape): SQL {
  const key = sql`coalesce(g.company_key, ${keyOf(COMPANY_NAME, sql`present.name`)})`;
  const ofColumns = companyColumns(shape).map((column, index) => {
    const value = sql`g.${cell(index)}`;
    return sql`
      select stage_row, ${`companyTwice:${column}`} as reason
      from (
        select g.into_row as stage_row, ${value} as value,
          first_value(${value}) over (partition by ${key} order by g.stage_row) as first
        from ${speaking(stage)}
        where ${value} is not null and g.is_cleared = 0
      )
      where value collate binary is not first`;
  });
  return sql`
    select stage_row, min(reason) as reason
    from (${sql.join(ofColumns, sql` union all `)})
    group by stage_row`;
}

/** Edits the companies, when the contacts are written; gives how many of those before changed. */
export async function writeCompanyFields(
  db: SqliteDatabase,
  stage: SqliteStage,
  shape: RecordShape,
  now: number,
): Promise<void> {
  if (!stage.hasCompanyFields) return;
  await findEdited(db, stage);
  await layOutEdited(db, stage, shape);
  const columns = companyColumns(shape).map((column, index) => {
    const [given, kept] = [sql`v.${cell(index)}`, sql`r.${name(column)}`];
    return { column: name(column), given, kept, value: sql`nullif(${given}, x'')` };
  });
  const differs = columns.map(
    ({ given, kept, value }) =>
      sql`(${given} is not null and ${kept} collate binary is not ${value})`,
  );
  const isEdited = sql`
    from ${stage.table('edited_companies')} as v
    where r.id = v.company_id and ${anyOf(differs)}`;
  stage.companiesUpdated = await db.value<number>(sql`
    select count(*)
    from companies as r
    where r.id <= ${stage.lastCompany} and exists (select 1 ${isEdited})`);
  const sets = columns.map(
    ({ column, given, kept, value }) =>
      sql`${column} = case when ${given} is null then ${kept} else ${value} end`,
  );
  await db.run(sql`
    update companies as r set updated_at = ${now}, ${sql.join(sets, sql`, `)} ${isEdited}`);
}

/** Finds the company that each row edits: that of its contact, unless the row names another one. */
async function findEdited(db: SqliteDatabase, stage: SqliteStage): Promise<void> {
  // rule: company-of-contact
  await db.run(sql`
    update ${stage.table('company_fields')} as g
    set company_id = k.id
    from ${stage.found} as f
    cross join contacts as r on r.id = f.record_id
    cross join companies as k on k.id = r.company_id
    where f.stage_row = g.into_row and f.outcome <> 'rejected' and g.is_cleared = 0
      and (g.company_key is null or g.company_key = ${keyOf(COMPANY_NAME, sql`k.name`)})`);
}

/** Puts together what the file says of each company: the last value of each field, or the first. */
async function layOutEdited(
  db: SqliteDatabase,
  stage: SqliteStage,
  shape: RecordShape,
): Promise<void> {
  const edited = stage.table('edited_companies');
  const columns = companyColumns(shape);
  const cells = columns.map((_, index) => sql`, ${cell(index)}`);
  await db.run(sql`
    create temp table ${stage.tableName('edited_companies')} (
      company_id integer primary key${sql.join(cells, sql``)}
    )`);
  await stage.index('company_fields', sql`company_id`);
  await db.run(sql`
    insert into ${edited} (company_id)
    select distinct company_id from ${stage.table('company_fields')} where company_id is not null`);
  // rule: company-last
  const direction = shape.duplicates === 'last' ? sql`desc` : sql`asc`;
  const sets = columns.map(
    (_, index) => sql`${cell(index)} = (
      select g.${cell(index)}
      from ${stage.table('company_fields')} as g
      where g.company_id = v.company_id and g.${cell(index)} is not null
      order by g.stage_row ${direction}
      limit 1
    )`,
  );
  await db.run(sql`update ${edited} as v set ${sql.join(sets, sql`, `)}`);
}
