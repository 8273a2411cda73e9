import { sql } from 'drizzle-orm';
import { FIELD_TYPES, type FieldRow, type Value } from '../../rows.ts';
import type { EqualValues, FieldsWriter, NewField } from '../../fields.ts';
import { keptKeyIn } from '../delta/erased.ts';
import { deleteWishes } from '../delta/wishes.ts';
import type { SqlDatabase } from '../database.ts';
import { name } from '../sql-parts.ts';
import { contains, sameText, THEN_JOIN } from '../words.ts';
import { fields } from '../schema.ts';
import { insertRow, selectRows, updateRows } from '../table-rows.ts';
import { addColumn, dropDateIndexes, dropIndex, indexColumn, TABLES } from './field-columns.ts';
import { keyOf } from './unique-columns.ts';
import { settleWaiting } from './waiting-suppressions.ts';

export function fieldsTable(db: SqlDatabase): FieldsWriter {
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

async function countFilled(db: SqlDatabase, field: FieldRow): Promise<number> {
  if (field.alias === 'tags')
    return db.value<number>(sql`select count(distinct contact_id) from contact_tags`);
  return db.value<number>(sql`
    select count(*)
    from ${name(TABLES[field.object])}
    where ${name(columnOf(field))} is not null`);
}

async function countOption(db: SqlDatabase, field: FieldRow, option: string): Promise<number> {
  const column = name(field.alias);
  const holds =
    field.type === 'multiselect'
      ? contains(sql`lower(${column})`, sql`lower(${`|${option}|`})`)
      : sameText(column, sql`${option}`);
  return db.value<number>(sql`select count(*) from ${name(TABLES[field.object])} where ${holds}`);
}

async function equalValues(
  db: SqlDatabase,
  field: FieldRow,
  limit: number,
): Promise<EqualValues[]> {
  const table = name(TABLES[field.object]);
  const column = name(field.alias);
  const pairs = await db.all<{ first: number; second: number; one: Value; other: Value }>(sql`
    select pair.first, pair.second, one.${column} as one, other.${column} as other
    from (
      select min(id) as first, min(case when nth = 2 then id end) as second
      from (
        select id, key, row_number() over (partition by key order by id) as nth
        from (
          select r.id, ${keyOf(field, sql`r.${column}`)} as key
          from ${table} as r
          where r.${column} is not null
        ) as keyed
      ) as counted
      group by key
      having count(*) > 1
      order by first
      limit ${limit}
    ) as pair
    ${THEN_JOIN} ${table} as one on one.id = pair.first
    ${THEN_JOIN} ${table} as other on other.id = pair.second
    order by pair.first`);
  return pairs.map(({ first, second, one, other }) => ({
    ids: [first, second],
    values: [one, other],
  }));
}

async function addField(db: SqlDatabase, field: NewField, now: number): Promise<number> {
  await addColumn(db, field);
  return db.kept.addingRow(fields, fields.id, async () => {
    const options = JSON.stringify(field.options);
    const row = { ...field, options, origin: 'custom' as const, createdAt: now };
    const added = await insertRow(db, fields, row);
    await indexColumn(db, field);
    await db.ways.restoreCapture();
    return added;
  });
}

async function updateField(db: SqlDatabase, field: FieldRow): Promise<void> {
  const { id, label, unique, indexed } = field;
  const [before] = await selectRows(db, fields, sql`where id = ${id}`);
  const isUniqueNoMore = before?.unique === true && !unique;
  // rule: wishes-heeded-last
  if (isUniqueNoMore) await settleWaiting(db, db.ways.log.written);
  const changed = { label, options: JSON.stringify(field.options), unique, indexed };
  await updateRows(db, fields, changed, sql`id = ${id}`);
  if (before?.unique === unique && before.indexed === indexed) return;
  if (isUniqueNoMore) await forgetHeldWishes(db, field);
  await dropIndex(db, field);
  await indexColumn(db, field);
  await db.ways.restoreCapture();
}

/**
 * Triggers no longer keep what stands for the values of a field that is unique no more. What stands
 * for contacts is noted again should it become unique again; what waits for others goes on waiting.
 */
export async function forgetHeldWishes(
  db: SqlDatabase,
  { id, object, alias, type }: Pick<FieldRow, 'id' | 'object' | 'alias' | 'type'>,
): Promise<void> {
  if (object !== 'contact') return;
  // rule: wishes-unnoted
  await deleteWishes(
    db,
    { id, column: alias, type },
    sql`(
      select ${keptKeyIn('c', alias, type)} as key
      from contacts as c
      where c.id in (select contact_id from suppressions) and c.${name(alias)} is not null
    )`,
  );
}

async function deleteField(db: SqlDatabase, field: FieldRow): Promise<void> {
  // rule: wishes-heeded-deleted
  if (field.object === 'contact' && field.unique) await settleWaiting(db, db.ways.log.written);
  await dropIndex(db, field);
  await dropDateIndexes(db, field);
  await db.run(sql`delete from value_suppressions where field_id = ${field.id}`);
  await db.run(sql`delete from fields where id = ${field.id}`);
  await db.ways.restoreCapture(); // first, so that no trigger names the column
  await db.run(sql`alter table ${name(TABLES[field.object])} drop column ${name(field.alias)}`);
  await db.ways.restoreCapture();
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
