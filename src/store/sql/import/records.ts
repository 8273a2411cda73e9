import { type SQL, sql } from 'drizzle-orm';
import { ALWAYS, NEVER, THEN_JOIN } from '../words.ts';
import type { ApplyOptions } from '../../staging.ts';
import { heedWishes } from '../delta/wishes.ts';
import type { SqlDatabase } from '../database.ts';
import { anyOf, name } from '../sql-parts.ts';
import { LARGEST_ID } from '../reach.ts';
import { addCompanies, companyOf, layOutCompanies } from './companies.ts';
import { refuseCompanyFields, writeCompanyFields } from './company-fields.ts';
import { assignments } from './compare.ts';
import { writeConsent } from './consent.ts';
import { leaveOutRecords } from './erased.ts';
import { findRecords } from './find.ts';
import { keepWishes, noteRefused } from './kept-wishes.ts';
import { mergeRows } from './merge.ts';
import { refuse } from './refuse.ts';
import type { RecordShape } from './stage-shape.ts';
import type { SqlStage } from './staging.ts';
import { layOutTags, writeTags } from './tags.ts';
import { refuseTakenUniques, vacate } from './uniques.ts';

/** Applies staged contacts or companies: merge → find and compare → refuse → write. */
export async function applyRecords(
  db: SqlDatabase,
  stage: SqlStage,
  shape: RecordShape,
  options: ApplyOptions,
): Promise<void> {
  await mergeRows(db, stage, shape);
  if (stage.said.companies) await layOutCompanies(db, stage);
  if (stage.said.tags) await layOutTags(db, stage);
  await findRecords(db, stage, shape);
  await leaveOutRecords(db, stage, shape);
  await refuseByMode(db, stage, shape, options);
  await refuseCompanyFields(db, stage, shape);
  await refuseTakenUniques(db, stage, shape);
  stage.figures.lastCompany = await db.value<number>(
    sql`select coalesce(max(id), 0) from companies`,
  );
  if (stage.said.companies) await addCompanies(db, stage, options.now);
  const touched = await db.value<number>(
    sql`select count(*) from ${stage.found} where outcome in ('updated', 'inserted')`,
  );
  const total = await db.value<number>(sql`select count(*) from ${name(shape.kind)}`);
  await db.ways.capturing(touched, total, async (isBulk) =>
    write(db, stage, shape, { ...options, isBulk }),
  );
  await noteRefused(db, stage, shape);
  await keepWishes(db, stage, options.now);
}

async function refuseByMode(
  db: SqlDatabase,
  stage: SqlStage,
  shape: RecordShape,
  { mode }: ApplyOptions,
): Promise<void> {
  const rows = (reason: string, condition: SQL): SQL => sql`
    select f.stage_row, ${reason} as reason
    from ${stage.found} as f
    join ${stage.rows} as s on s.stage_row = f.stage_row
    where ${condition}`;
  if (mode === 'update') await refuse(db, stage, rows('unknownRecord', sql`record_id is null`));
  // an id is the store's to give: a row with an unknown one can only be a mistake
  else if (shape.key === 'id')
    await refuse(
      db,
      stage,
      rows('unknownRecord', sql`record_id is null and s.key is not null and s.found_by is null`),
    );
  if (mode === 'insert')
    await refuse(db, stage, rows('existingRecord', sql`record_id is not null`));
}

async function write(
  db: SqlDatabase,
  stage: SqlStage,
  shape: RecordShape,
  { now, importId, isBulk }: ApplyOptions & { readonly isBulk: boolean },
): Promise<void> {
  await vacate(db, stage, shape);
  await updateRecords(db, stage, shape, now);
  const last = (await db.ways.lastIds())[shape.kind];
  const inserted = await db.ways.giveIds(stage.found, shape.kind, last);
  const insert = async (): Promise<void> => insertRecords(db, stage, shape, now);
  // a trigger refuses ids out of reach
  if (isBulk && shape.kind === 'contacts' && last + inserted <= LARGEST_ID)
    await db.ways.insertingUnwatched(last, insert);
  else await insert();
  await writeCompanyFields(db, stage, shape, now);
  if (stage.said.tags) await writeTags(db, stage, { now, importId });
  if (stage.said.consent) await writeConsent(db, stage, now);
  // rule: import-heeded
  if (shape.kind === 'contacts')
    await heedWishes(db, { contactIds: writtenContacts(stage), columns: shape.columns });
}

/** Whom the rows made or changed: of a bulk load no log tells. */
function writtenContacts({ found }: SqlStage): SQL {
  return sql`(select record_id as id from ${found} where outcome in ('inserted', 'updated'))`;
}

/**
 * Whether the row gives its contact an e-mail address or another unique value, or says outright
 * when it was identified.
 */
function identifies(stage: SqlStage, shape: RecordShape): SQL {
  const isKeyed = shape.key !== 'id';
  if (isKeyed && !stage.said.keyless) return ALWAYS; // the key is one
  const given = [...shape.uniques, 'identified_at']
    .filter((column) => shape.columns.includes(column))
    .map((column) => stage.cells.isFilled(shape.columns.indexOf(column)));
  const signs = isKeyed ? [sql`s.key is not null`, ...given] : given;
  return signs.length === 0 ? NEVER : anyOf(signs);
}

async function updateRecords(
  db: SqlDatabase,
  stage: SqlStage,
  shape: RecordShape,
  now: number,
): Promise<void> {
  const values = new Map([['updated_at', sql`${now}`]]);
  for (const { column, isGiven, value, kept } of assignments(stage, shape))
    values.set(column, sql`case when ${isGiven} then ${value} else ${kept} end`);
  if (shape.kind === 'contacts') {
    const known = values.get('identified_at') ?? sql`r.identified_at`;
    const identified = sql`case when ${identifies(stage, shape)} then ${now} end`;
    values.set('identified_at', sql`coalesce(${known}, ${identified})`);
  }
  const sets = [...values].map(([column, value]) => sql`${name(column)} = ${value}`);
  await db.run(sql`
    update ${name(shape.kind)} as r
    set ${sql.join(sets, sql`, `)}
    from ${stage.found} as f
    ${THEN_JOIN} ${stage.rows} as s on s.stage_row = f.stage_row
    where r.id = f.record_id and f.outcome = 'updated'`);
}

/** What new records have, by column: what the row says, or what they have without its saying. */
function insertedValues(stage: SqlStage, shape: RecordShape, now: number): Map<string, SQL> {
  const values = new Map<string, SQL>([
    ['id', sql`f.record_id`],
    ['created_at', sql`${now}`],
    ['updated_at', sql`${now}`],
  ]);
  if (stage.said.companies) values.set('company_id', companyOf(stage));
  if (shape.kind === 'contacts')
    values.set('identified_at', sql`case when ${identifies(stage, shape)} then ${now} end`);
  for (const [index, column] of shape.columns.entries())
    values.set(column, insertedValue(stage, column, index, values.get(column)));
  return values;
}

function insertedValue(
  stage: SqlStage,
  column: string,
  index: number,
  otherwise: SQL | undefined,
): SQL {
  const value = stage.cells.value(index);
  if (column === 'points')
    return sql`case when ${stage.cells.isGiven(index)} then ${value} else 0 end`;
  return otherwise === undefined ? value : sql`coalesce(${value}, ${otherwise})`;
}

async function insertRecords(
  db: SqlDatabase,
  stage: SqlStage,
  shape: RecordShape,
  now: number,
): Promise<void> {
  const values = insertedValues(stage, shape, now);
  await db.run(sql`
    insert into ${name(shape.kind)} (${sql.join([...values.keys()].map(name), sql`, `)})
    select ${sql.join([...values.values()], sql`, `)}
    from ${stage.found} as f
    ${THEN_JOIN} ${stage.rows} as s on s.stage_row = f.stage_row
    where f.outcome = 'inserted'
    order by f.stage_row`);
}
