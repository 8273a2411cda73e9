import { type SQL, sql } from 'drizzle-orm';
import type { ApplyOptions } from '../../staging.ts';
import { capturing } from '../delta/capture.ts';
import { anyOf, name, type SqliteDatabase } from '../connection/database.ts';
import { consentDiffers, writeConsent } from './consent.ts';
import { tagsDiffer, writeTags } from './tags.ts';
import { cell, type RecordShape, type SqliteStage } from './staging.ts';

/** Applies staged contacts or companies: find → refuse → compare → write. */
export function applyRecords(
  db: SqliteDatabase,
  stage: SqliteStage,
  shape: RecordShape,
  options: ApplyOptions,
): void {
  findRecords(db, stage, shape);
  refuseByMode(db, stage, shape, options);
  refuseTakenUniques(db, stage, shape);
  if (shape.kind === 'contacts') addCompanies(db, stage, options.now);
  compare(db, stage, shape);
  const touched = db.value<number>(
    sql`select count(*) from ${stage.rows} where outcome in ('updated', 'inserted')`,
  );
  const total = db.value<number>(sql`select count(*) from ${name(shape.kind)}`);
  capturing(db, touched, total, () => write(db, stage, shape, options));
}

function findRecords(db: SqliteDatabase, stage: SqliteStage, shape: RecordShape): void {
  db.run(sql`
    update ${stage.rows} as s
    set record_id = (select r.id from ${name(shape.kind)} as r where r.${name(shape.key)} = s.key)`);
}

function refuseByMode(
  db: SqliteDatabase,
  stage: SqliteStage,
  shape: RecordShape,
  { mode }: ApplyOptions,
): void {
  // an id is the store's to give: a row with an unknown one can only be a mistake
  if (mode === 'update' || shape.key === 'id')
    refuse(db, stage, 'unknownRecord', sql`record_id is null`);
  if (mode === 'insert') refuse(db, stage, 'existingRecord', sql`record_id is not null`);
}

/** Two keys that meet two different records, in the store or within the file. */
function refuseTakenUniques(db: SqliteDatabase, stage: SqliteStage, shape: RecordShape): void {
  for (const unique of shape.uniques) {
    const column = cell(shape.columns.indexOf(unique));
    const value = sql`nullif(s.${column}, x'')`;
    const reason = `uniqueTaken:${unique}`;
    const isTaken = sql`exists (
      select 1
      from ${name(shape.kind)} as r
      where r.${name(unique)} = ${value} and r.id is not s.record_id
    )`;
    const isGivenBefore = sql`exists (
      select 1
      from ${stage.rows} as other
      where other.${column} = ${value} and other.stage_row < s.stage_row
        and other.outcome is not 'rejected'
    )`;
    refuse(db, stage, reason, isTaken);
    refuse(db, stage, reason, isGivenBefore);
  }
}

function refuse(db: SqliteDatabase, stage: SqliteStage, reason: string, condition: SQL): void {
  db.run(sql`
    insert into ${stage.rejects} (line, reason)
    select line, ${reason}
    from ${stage.rows} as s
    where outcome is null and ${condition}`);
  db.run(
    sql`update ${stage.rows} as s set outcome = 'rejected' where outcome is null and ${condition}`,
  );
}

function addCompanies(db: SqliteDatabase, stage: SqliteStage, now: number): void {
  db.run(sql`
    insert into companies (name, created_at, updated_at)
    select company, ${now}, ${now}
    from ${stage.rows}
    where outcome is null and typeof(company) = 'text'
    order by line
    on conflict (name) do nothing`);
}

/** Says of each row whether it inserts, updates or changes nothing, before anything is written. */
function compare(db: SqliteDatabase, stage: SqliteStage, shape: RecordShape): void {
  const differences = assignments(shape).map(
    ({ column, given, value }) =>
      sql`(${given} is not null and r.${name(column)} collate binary is not ${value})`,
  );
  if (shape.kind === 'contacts')
    differences.push(tagsDiffer(stage), ...(stage.speaksOfConsent ? [consentDiffers(stage)] : []));
  db.run(sql`
    update ${stage.rows} as s
    set outcome = case
      when record_id is null then 'inserted'
      when exists (
        select 1 from ${name(shape.kind)} as r where r.id = s.record_id and ${anyOf(differences)}
      ) then 'updated'
      else 'unchanged'
    end
    where outcome is null`);
}

interface Assignment {
  readonly column: string;
  /** The staged cell: null leaves the column as it is. */
  readonly given: SQL;
  /** What the column becomes when the cell is not null, and when it is. */
  readonly value: SQL;
  readonly kept: SQL;
}

function assignments(shape: RecordShape): Assignment[] {
  const columns = shape.columns.map((column, index): Assignment => {
    const given = sql`s.${cell(index)}`;
    return {
      column,
      given,
      value: valueOf(column, sql`nullif(${given}, x'')`),
      kept: sql`r.${name(column)}`,
    };
  });
  if (shape.kind === 'companies') return columns;
  // a company deleted where foreign keys are off leaves a link that cannot be written again
  const kept = sql`(select companies.id from companies where companies.id = r.company_id)`;
  return [...columns, { column: 'company_id', given: sql`s.company`, value: COMPANY_ID, kept }];
}

/** The company that the staged row `s` names. */
const COMPANY_ID = sql`(
  select companies.id from companies where companies.name = nullif(s.company, x'')
)`;

/**
 * Instants that the store keeps do not go back: the latest activity, and who was identified stays
 * so.
 */
function valueOf(column: string, given: SQL): SQL {
  if (column === 'last_active_at')
    return sql`max(coalesce(r.last_active_at, ${given}), coalesce(${given}, r.last_active_at))`;
  if (column === 'identified_at') return sql`coalesce(${given}, r.identified_at)`;
  return given;
}

function write(
  db: SqliteDatabase,
  stage: SqliteStage,
  shape: RecordShape,
  { now, importId }: ApplyOptions,
): void {
  updateRecords(db, stage, shape, now);
  insertRecords(db, stage, shape, now);
  if (shape.kind === 'contacts') writeTags(db, stage, { now, importId });
  if (stage.speaksOfConsent) writeConsent(db, stage, now);
}

/**
 * Whether the row gives its contact an e-mail address or another unique value, or says outright
 * when it was identified.
 */
function identifies(shape: RecordShape): SQL {
  if (shape.key !== 'id') return sql`1`; // the key is one
  const columns = [...shape.uniques, 'identified_at']
    .map((column) => shape.columns.indexOf(column))
    .filter((index) => index >= 0);
  return columns.length === 0
    ? sql`0`
    : anyOf(columns.map((index) => sql`nullif(s.${cell(index)}, x'') is not null`));
}

function updateRecords(
  db: SqliteDatabase,
  stage: SqliteStage,
  shape: RecordShape,
  now: number,
): void {
  const values = new Map([['updated_at', sql`${now}`]]);
  for (const { column, given, value, kept } of assignments(shape))
    values.set(column, sql`case when ${given} is null then ${kept} else ${value} end`);
  if (shape.kind === 'contacts') {
    const known = values.get('identified_at') ?? sql`r.identified_at`;
    const identified = sql`case when ${identifies(shape)} then ${now} end`;
    values.set('identified_at', sql`coalesce(${known}, ${identified})`);
  }
  const sets = [...values].map(([column, value]) => sql`${name(column)} = ${value}`);
  db.run(sql`
    update ${name(shape.kind)} as r
    set ${sql.join(sets, sql`, `)}
    from ${stage.rows} as s
    where r.id = s.record_id and s.outcome = 'updated'`);
}

/** What new records have, by column: what the row says, or what they have without its saying. */
function insertedValues(shape: RecordShape, now: number): Map<string, SQL> {
  const values = new Map<string, SQL>([
    ['created_at', sql`${now}`],
    ['updated_at', sql`${now}`],
    [shape.key, sql`s.key`],
  ]);
  if (shape.kind === 'contacts') {
    values.set('company_id', COMPANY_ID);
    values.set('identified_at', sql`case when ${identifies(shape)} then ${now} end`);
  }
  for (const [index, column] of shape.columns.entries())
    values.set(column, insertedValue(column, sql`s.${cell(index)}`, values.get(column)));
  return values;
}

function insertedValue(column: string, given: SQL, otherwise: SQL | undefined): SQL {
  if (column === 'points')
    return sql`case when ${given} is null then 0 else nullif(${given}, x'') end`;
  return otherwise === undefined
    ? sql`nullif(${given}, x'')`
    : sql`coalesce(nullif(${given}, x''), ${otherwise})`;
}

function insertRecords(
  db: SqliteDatabase,
  stage: SqliteStage,
  shape: RecordShape,
  now: number,
): void {
  const values = insertedValues(shape, now);
  db.run(sql`
    insert into ${name(shape.kind)} (${sql.join([...values.keys()].map(name), sql`, `)})
    select ${sql.join([...values.values()], sql`, `)}
    from ${stage.rows} as s
    where outcome = 'inserted'
    order by stage_row`); // as in the file, without sorting all of it
  db.run(sql`
    update ${stage.rows} as s
    set record_id = (select r.id from ${name(shape.kind)} as r where r.${name(shape.key)} = s.key)
    where outcome = 'inserted'`);
}
