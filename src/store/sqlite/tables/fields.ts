import { eq, sql } from 'drizzle-orm';
import { EXIT, UserError } from '../../../support/errors.ts';
import {
  FIELD_TYPES,
  type FieldRow,
  type FieldType,
  type RecordKind,
  type Value,
} from '../../rows.ts';
import type { EqualValues, FieldsWriter, NewField } from '../../fields.ts';
import { restoreCapture } from '../delta/capture.ts';
import { keyIn, LOGGED_CONTACTS } from '../delta/erased.ts';
import { deleteWishes } from '../delta/wishes.ts';
import type { SqliteDatabase } from '../connection/database.ts';
import { name } from '../connection/sql-parts.ts';
import { fields } from '../connection/schema.ts';
import { keyOf, oddIndex, uniqueColumnOf } from './unique-columns.ts';
import { settleWaiting } from './waiting-suppressions.ts';

/** The table of each object. */
export const TABLES: Record<RecordKind, string> = { contact: 'contacts', company: 'companies' };

/** A custom field is a real column; adding one does not rewrite the table. */
export function fieldsTable(db: SqliteDatabase): FieldsWriter {
  return {
    async list() {
      return db.kept.rows(fields, fields.id, toFieldRow);
    },

    countFilled: async (field) => countFilled(db, field),
    countWishes: async ({ id }) =>
      db.value<number>(sql`select count(*) from value_suppressions where field_id = ${id}`),
    countOption: async (field, option) => countOption(db, field, option),
    equalValues: async (field, limit) => equalValues(db, field, limit),
    add: async (field, now) => addField(db, field, now),
    update: async (field) => updateField(db, field),
    delete: async (field) => deleteField(db, field),
  };
}

async function countFilled(db: SqliteDatabase, field: FieldRow): Promise<number> {
  if (field.alias === 'tags')
    return db.value<number>(sql`select count(distinct contact_id) from contact_tags`);
  return db.value<number>(sql`
    select count(*)
    from ${name(TABLES[field.object])}
    where ${name(columnOf(field))} is not null`);
}

async function countOption(db: SqliteDatabase, field: FieldRow, option: string): Promise<number> {
  const column = name(field.alias);
  const holds =
    field.type === 'multiselect'
      ? sql`instr(lower(${column}), lower(${`|${option}|`})) > 0`
      : sql`${column} = ${option}`;
  return db.value<number>(sql`select count(*) from ${name(TABLES[field.object])} where ${holds}`);
}

async function equalValues(
  db: SqliteDatabase,
  field: FieldRow,
  limit: number,
): Promise<EqualValues[]> {
  const table = name(TABLES[field.object]);
  const column = name(field.alias);
  const pairs = await db.all<{ first: number; second: number; one: Value; other: Value }>(sql`
    select pair.first, pair.second, one.${column} as one, other.${column} as other
    from (
      select min(id) as first, min(iif(nth = 2, id, null)) as second
      from (
        select id, key, row_number() over (partition by key order by id) as nth
        from (
          select r.id, ${keyOf(field, sql`r.${column}`)} as key
          from ${table} as r
          where r.${column} is not null
        )
      )
      group by key
      having count(*) > 1
      order by first
      limit ${limit}
    ) as pair
    cross join ${table} as one on one.id = pair.first
    cross join ${table} as other on other.id = pair.second
    order by pair.first`);
  return pairs.map(({ first, second, one, other }) => ({
    ids: [first, second],
    values: [one, other],
  }));
}

async function addField(db: SqliteDatabase, field: NewField, now: number): Promise<number> {
  await addColumn(db, field);
  return db.kept.addingRow(fields, fields.id, async () => {
    const options = JSON.stringify(field.options);
    const added = db.orm
      .insert(fields)
      .values({ ...field, options, origin: 'custom', createdAt: now })
      .returning({ id: fields.id })
      .get();
    await indexColumn(db, field);
    await restoreCapture(db);
    return added.id;
  });
}

async function addColumn(db: SqliteDatabase, { object, alias, type }: NewField): Promise<void> {
  const declaration = sql.raw(columnDeclaration(type));
  await withinWidth(TABLES[object], async () => {
    await db.run(sql`alter table ${name(TABLES[object])} add column ${name(alias)} ${declaration}`);
  });
}

/** Does what needs a column for each field of `table`. `UserError` (1): they are too many. */
export async function withinWidth(table: string, work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof Error) || !error.message.startsWith('too many columns')) throw error;
    throw new UserError(
      'TOO_MANY_FIELDS',
      EXIT.refused,
      `${table} have as many fields as a store can hold`,
      {
        hint:
          'delete one that nobody needs (rollcall fields:list), or keep what few records have in ' +
          'tags or in properties of events',
        cause: error,
      },
    );
  }
}

async function updateField(db: SqliteDatabase, field: FieldRow): Promise<void> {
  const { id, label, unique, indexed } = field;
  const before = db.orm.select().from(fields).where(eq(fields.id, id)).get();
  const isUniqueNoMore = before?.unique === true && !unique;
  // rule: wishes-heeded-last
  if (isUniqueNoMore) await settleWaiting(db, LOGGED_CONTACTS);
  db.orm
    .update(fields)
    .set({ label, options: JSON.stringify(field.options), unique, indexed })
    .where(eq(fields.id, id))
    .run();
  if (before?.unique === unique && before.indexed === indexed) return;
  if (isUniqueNoMore) await forgetHeldWishes(db, field);
  await dropIndex(db, field);
  await indexColumn(db, field);
  await restoreCapture(db);
}

/**
 * Triggers no longer keep what stands for the values of a field that is unique no more. What stands
 * for contacts is noted again should it become unique again; what waits for others goes on waiting.
 */
export async function forgetHeldWishes(
  db: SqliteDatabase,
  { id, object, alias, type }: Pick<FieldRow, 'id' | 'object' | 'alias' | 'type'>,
): Promise<void> {
  if (object !== 'contact') return;
  // rule: wishes-unnoted
  await deleteWishes(
    db,
    { id, column: alias, type },
    sql`(
      select ${keyIn('c', alias, type)} as key
      from contacts as c
      where c.id in (select contact_id from suppressions) and c.${name(alias)} is not null
    )`,
  );
}

async function deleteField(db: SqliteDatabase, field: FieldRow): Promise<void> {
  // rule: wishes-heeded-deleted
  if (field.object === 'contact' && field.unique) await settleWaiting(db, LOGGED_CONTACTS);
  await dropIndex(db, field);
  await dropDateIndexes(db, field);
  await db.run(sql`delete from value_suppressions where field_id = ${field.id}`);
  db.orm.delete(fields).where(eq(fields.id, field.id)).run();
  await restoreCapture(db); // first, so that no trigger names the column
  await db.run(sql`alter table ${name(TABLES[field.object])} drop column ${name(field.alias)}`);
  await restoreCapture(db);
}

/**
 * SQL may have written a type that rollcall does not know, or options that are no list: such a field
 * is a text without options here, and `doctor` names it.
 */
function toFieldRow(row: typeof fields.$inferSelect): FieldRow {
  return {
    id: row.id,
    object: row.object,
    alias: row.alias,
    label: row.label,
    type: FIELD_TYPES.find((type) => type === row.type) ?? 'text',
    options: readOptions(row.options),
    unique: row.unique,
    indexed: row.indexed,
    origin: row.origin,
  };
}

function readOptions(text: string | null): readonly string[] {
  try {
    const options: unknown = JSON.parse(text ?? '[]');
    return Array.isArray(options)
      ? options.filter((option): option is string => typeof option === 'string')
      : [];
  } catch {
    return []; // not written by rollcall
  }
}

/** The column that is null where a record has no value in the field. */
function columnOf(field: FieldRow): string {
  return field.object === 'contact' && field.alias === 'company' ? 'company_id' : field.alias;
}

/** How the column of a custom field is declared. */
export function columnDeclaration(type: FieldType): 'real' | 'integer' | 'text collate nocase' {
  switch (type) {
    case 'number':
      return 'real'; // NUMERIC would compare 2^53 + 1 as unequal to itself
    case 'boolean':
    case 'datetime':
      return 'integer';
    default:
      return 'text collate nocase';
  }
}

function indexName(field: Pick<FieldRow, 'object' | 'alias'>) {
  return name(`field_${field.object}_${field.alias}`);
}

async function indexColumn(
  db: SqliteDatabase,
  field: Pick<FieldRow, 'object' | 'alias' | 'type' | 'unique' | 'indexed'>,
): Promise<void> {
  if (!field.unique && !field.indexed) return;
  const unique = field.unique ? sql`unique` : sql``;
  const column = sql`${name(TABLES[field.object])} (${name(field.alias)})`;
  // on one line: the schema keeps the text as it is
  await db.run(sql`create ${unique} index ${indexName(field)} on ${column}`);
  const odd = oddIndexOf(field);
  if (odd !== undefined) await db.run(sql.raw(odd.statement));
}

/** The index on the odd values of a unique field. */
export function oddIndexOf(
  field: Pick<FieldRow, 'object' | 'alias' | 'type' | 'unique'>,
): ReturnType<typeof oddIndex> {
  const column = uniqueColumnOf(field);
  return column === undefined ? undefined : oddIndex(column);
}

async function dropIndex(db: SqliteDatabase, field: FieldRow): Promise<void> {
  await db.run(sql`drop index if exists ${indexName(field)}`);
  const odd = oddIndexOf({ ...field, unique: true });
  if (odd !== undefined) await db.run(sql`drop index if exists ${name(odd.name)}`);
}

/**
 * Makes the indexes on the odd values of unique fields that a store from before there were such
 * ones lacks.
 */
export async function indexOddValues(db: SqliteDatabase): Promise<void> {
  const rows = await db.all<Pick<FieldRow, 'object' | 'alias' | 'type'>>(sql`
    select object, alias, type
    from fields
    where is_unique = 1 and origin = 'custom'
    order by id`);
  for (const field of rows) {
    const odd = oddIndexOf({ ...field, unique: true });
    if (odd === undefined || !(await lacksIndex(db, field, odd.name))) continue;
    await db.run(sql.raw(odd.statement));
  }
}

/** SQL may have dropped the column: then there is nothing to make an index on. */
async function lacksIndex(
  db: SqliteDatabase,
  { object, alias }: Pick<FieldRow, 'object' | 'alias'>,
  index: string,
): Promise<boolean> {
  const hasColumn = sql`
    select 1 from pragma_table_xinfo(${TABLES[object]}) where name = ${alias} collate nocase`;
  const hasIndex = sql`select 1 from sqlite_schema where type = 'index' and name = ${index}`;
  return (await db.get(hasColumn)) !== undefined && (await db.get(hasIndex)) === undefined;
}

/** The indexes that updates made to find dates: a column cannot be dropped under them. */
async function dropDateIndexes(db: SqliteDatabase, field: FieldRow): Promise<void> {
  for (const kind of ['window', 'anniversary'])
    await db.run(sql`drop index if exists ${name(`${kind}_${field.object}_${field.alias}`)}`);
}
