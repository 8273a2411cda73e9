import { sql } from 'drizzle-orm';
import { inTurn } from '../../../support/in-turn.ts';
import type { FieldTrouble } from '../../health.ts';
import type { FieldRow, FieldType, RecordKind } from '../../rows.ts';
import type { SqliteDatabase } from '../connection/database.ts';
import { name } from '../connection/sql-parts.ts';
import { columnDeclaration, oddIndexOf, TABLES } from '../tables/fields.ts';
import { type Column, columnsOf } from './columns.ts';
import { shellCommand } from './trouble.ts';

/** Columns that are no fields, and fields that are no column of their own. */
const NO_FIELDS = ['company_id'];
const NO_COLUMNS = ['company', 'tags'];

/** Fields without their column or index, and columns that no field names. */
export async function fieldTroubles(
  db: SqliteDatabase,
  fields: readonly FieldRow[],
): Promise<FieldTrouble[]> {
  return (
    await inTurn(['contact', 'company'] as const, async (object) =>
      troublesOf(
        db,
        object,
        fields.filter((field) => field.object === object),
      ),
    )
  ).flat();
}

async function troublesOf(
  db: SqliteDatabase,
  object: RecordKind,
  fields: readonly FieldRow[],
): Promise<FieldTrouble[]> {
  const columns = await columnsOf(db, TABLES[object]);
  const known = new Set(fields.map((field) => field.alias.toLowerCase()));
  const strays = columns.filter(
    ({ name }) => !known.has(name.toLowerCase()) && !NO_FIELDS.includes(name),
  );
  const troubles = (
    await inTurn(
      fields.filter(({ alias }) => object === 'company' || !NO_COLUMNS.includes(alias)),
      async (field) => troubleOf(db, field, { columns, strays }),
    )
  ).flat();
  const renamed = troubles.map((trouble) => trouble.renamed);
  const unknown = strays.filter(({ name }) => !renamed.includes(name));
  return [...troubles, ...unknown.map(({ name }) => withoutField(db, object, name))];
}

function withoutField(db: SqliteDatabase, object: RecordKind, column: string): FieldTrouble {
  const statement = `alter table ${TABLES[object]} drop column ${quoted(column)}`;
  return { object, alias: column, problem: 'noField', remedy: shellCommand(db, statement) };
}

interface Columns {
  readonly columns: readonly Column[];
  /** Those that no field names. */
  readonly strays: readonly Column[];
}

async function troubleOf(
  db: SqliteDatabase,
  field: FieldRow,
  { columns, strays }: Columns,
): Promise<FieldTrouble[]> {
  const { object, alias, type, origin, unique } = field;
  const table = TABLES[object];
  const column = columns.find(({ name }) => name.toLowerCase() === alias.toLowerCase());
  if (column === undefined) return [withoutColumn(db, field, strays)];
  const trouble = (problem: FieldTrouble['problem'], statement: string): FieldTrouble[] => [
    { object, alias, problem, remedy: shellCommand(db, statement) },
  ];
  if (origin === 'custom' && !columnDeclaration(type).startsWith(column.type.toLowerCase())) {
    const fitting = await typeFor(db, table, column);
    return trouble('wrongType', `update fields set type = '${fitting}' where id = ${field.id}`);
  }
  const index = `${unique ? 'unique ' : ''}index "field_${object}_${alias}"`;
  if (!(await hasItsIndex(db, field)))
    return trouble('noIndex', `create ${index} on ${table} ("${alias}")`);
  const odd = oddIndexOf(field);
  return odd === undefined || isDeclaredUnique(field) || (await hasIndex(db, table, odd.name))
    ? []
    : trouble('noIndex', odd.statement);
}

/** A column of its type that no field names seems to be the field's, under another name. */
function withoutColumn(
  db: SqliteDatabase,
  { object, alias, type }: FieldRow,
  strays: readonly Column[],
): FieldTrouble {
  const table = TABLES[object];
  const declaration = columnDeclaration(type);
  const renamed = strays.find((stray) => declaration.startsWith(stray.type.toLowerCase()))?.name;
  const change =
    renamed === undefined
      ? `add column "${alias}" ${declaration}`
      : `rename column ${quoted(renamed)} to "${alias}"`;
  const remedy = shellCommand(db, `alter table ${table} ${change}`);
  return { object, alias, problem: 'noColumn', renamed, remedy };
}

/** A type of field whose values such a column holds. */
async function typeFor(
  db: SqliteDatabase,
  table: string,
  { name: column, type }: Column,
): Promise<FieldType> {
  switch (type.toLowerCase()) {
    case 'real':
      return 'number';
    case 'integer':
      return (await db.get(
        sql`select 1 from ${name(table)} where ${name(column)} not in (0, 1) limit 1`,
      )) === undefined
        ? 'boolean'
        : 'datetime';
    default:
      return 'text';
  }
}

/** Some are unique by the declaration of their table: schema-objects.ts looks at that. */
function isDeclaredUnique({ object, alias }: FieldRow): boolean {
  return alias === 'id' || alias === (object === 'contact' ? 'email' : 'name');
}

async function hasItsIndex(db: SqliteDatabase, field: FieldRow): Promise<boolean> {
  const { object, alias, unique, indexed } = field;
  if ((!unique && !indexed) || isDeclaredUnique(field)) return true;
  return hasIndex(db, TABLES[object], `field_${object}_${alias}`, unique);
}

async function hasIndex(
  db: SqliteDatabase,
  table: string,
  index: string,
  unique = false,
): Promise<boolean> {
  const found = await db.get(sql`
    select 1
    from pragma_index_list(${table})
    where name = ${index} and "unique" = ${unique ? 1 : 0}`);
  return found !== undefined;
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
