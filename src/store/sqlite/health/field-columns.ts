import { sql } from 'drizzle-orm';
import type { FieldTrouble } from '../../health.ts';
import type { FieldRow, FieldType } from '../../rows.ts';
import { name, type SqliteDatabase } from '../connection/database.ts';
import { columnDeclaration, TABLES } from '../tables/fields.ts';
import { type Column, columnsOf } from './columns.ts';
import { shellCommand } from './trouble.ts';

/** Columns that are no fields, and fields that are no column of their own. */
const NO_FIELDS = ['company_id'];
const NO_COLUMNS = ['company', 'tags'];

/** Fields without their column or index, and columns that no field names. */
export function fieldTroubles(db: SqliteDatabase, fields: readonly FieldRow[]): FieldTrouble[] {
  return (['contact', 'company'] as const).flatMap((object) => {
    const columns = columnsOf(db, TABLES[object]);
    const own = fields.filter((field) => field.object === object);
    const known = new Set(own.map((field) => field.alias.toLowerCase()));
    const strays = columns.filter(
      ({ name }) => !known.has(name.toLowerCase()) && !NO_FIELDS.includes(name),
    );
    const troubles = own
      .filter(({ alias }) => object === 'company' || !NO_COLUMNS.includes(alias))
      .flatMap((field) => troubleOf(db, field, { columns, strays }));
    const renamed = troubles.map((trouble) => trouble.renamed);
    return [
      ...troubles,
      ...strays
        .filter(({ name }) => !renamed.includes(name))
        .map(({ name }): FieldTrouble => ({
          object,
          alias: name,
          problem: 'noField',
          remedy: shellCommand(db, `alter table ${TABLES[object]} drop column ${quoted(name)}`),
        })),
    ];
  });
}

interface Columns {
  readonly columns: readonly Column[];
  /** Those that no field names. */
  readonly strays: readonly Column[];
}

function troubleOf(
  db: SqliteDatabase,
  field: FieldRow,
  { columns, strays }: Columns,
): FieldTrouble[] {
  const { object, alias, type, origin } = field;
  const table = TABLES[object];
  const column = columns.find(({ name }) => name.toLowerCase() === alias.toLowerCase());
  const declaration = columnDeclaration(type);
  const renamed =
    column === undefined
      ? strays.find((stray) => declaration.startsWith(stray.type.toLowerCase()))
      : undefined;
  if (renamed !== undefined) {
    const remedy = shellCommand(
      db,
      `alter table ${table} rename column ${quoted(renamed.name)} to "${alias}"`,
    );
    return [{ object, alias, problem: 'noColumn', renamed: renamed.name, remedy }];
  }
  if (column === undefined)
    return [
      {
        object,
        alias,
        problem: 'noColumn',
        remedy: shellCommand(db, `alter table ${table} add column "${alias}" ${declaration}`),
      },
    ];
  if (origin === 'custom' && !declaration.startsWith(column.type.toLowerCase()))
    return [
      {
        object,
        alias,
        problem: 'wrongType',
        remedy: shellCommand(
          db,
          `update fields set type = '${typeFor(db, table, column)}' where id = ${field.id}`,
        ),
      },
    ];
  return hasItsIndex(db, field)
    ? []
    : [
        {
          object,
          alias,
          problem: 'noIndex',
          remedy: shellCommand(
            db,
            `create ${field.unique ? 'unique ' : ''}index "field_${object}_${alias}" on ${table} ("${alias}")`,
          ),
        },
      ];
}

/** A type of field whose values such a column holds. */
function typeFor(db: SqliteDatabase, table: string, { name: column, type }: Column): FieldType {
  switch (type.toLowerCase()) {
    case 'real':
      return 'number';
    case 'integer':
      return db.get(
        sql`select 1 from ${name(table)} where ${name(column)} not in (0, 1) limit 1`,
      ) === undefined
        ? 'boolean'
        : 'datetime';
    default:
      return 'text';
  }
}

/** Unique standard fields are so by their table, which schema-objects.ts looks at. */
function hasItsIndex(
  db: SqliteDatabase,
  { object, alias, unique, indexed, origin }: FieldRow,
): boolean {
  if ((!unique && !indexed) || (origin !== 'custom' && unique)) return true;
  return (
    db.get(
      sql`select 1 from pragma_index_list(${TABLES[object]}) where name = ${`field_${object}_${alias}`} and "unique" = ${unique ? 1 : 0}`,
    ) !== undefined
  );
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
