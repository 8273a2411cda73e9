import { sql } from 'drizzle-orm';
import type { FieldTrouble } from '../../health.ts';
import type { FieldRow } from '../../rows.ts';
import type { SqliteDatabase } from '../database.ts';
import { columnDeclaration, TABLES } from '../fields.ts';
import { shellCommand } from './trouble.ts';

/** Columns that are no fields, and fields that are no column of their own. */
const NO_FIELDS = ['company_id'];
const NO_COLUMNS = ['company', 'tags'];

interface Column {
  readonly name: string;
  readonly type: string;
}

/** Fields without their column or index, and columns that no field names. */
export function fieldTroubles(db: SqliteDatabase, fields: readonly FieldRow[]): FieldTrouble[] {
  return (['contact', 'company'] as const).flatMap((object) => {
    const columns = db.all<Column>(sql`select name, type from pragma_table_xinfo(${TABLES[object]})`);
    const own = fields.filter((field) => field.object === object);
    const known = new Set(own.map((field) => field.alias.toLowerCase()));
    const strays = columns.filter(({ name }) => !known.has(name.toLowerCase()) && !NO_FIELDS.includes(name));
    return [
      ...own.filter(({ alias }) => object === 'company' || !NO_COLUMNS.includes(alias)).flatMap((field) => troubleOf(db, field, columns)),
      ...strays.map(({ name }): FieldTrouble => ({ object, alias: name, problem: 'noField', remedy: shellCommand(db, `alter table ${TABLES[object]} drop column "${name}"`) })),
    ];
  });
}

function troubleOf(db: SqliteDatabase, field: FieldRow, columns: readonly Column[]): FieldTrouble[] {
  const { object, alias, type, origin } = field;
  const table = TABLES[object];
  const column = columns.find(({ name }) => name.toLowerCase() === alias.toLowerCase());
  const declaration = columnDeclaration(type);
  if (column === undefined) return [{ object, alias, problem: 'noColumn', remedy: shellCommand(db, `alter table ${table} add column "${alias}" ${declaration}`) }];
  if (origin === 'custom' && !declaration.startsWith(column.type.toLowerCase())) return [{ object, alias, problem: 'wrongType', remedy: undefined }];
  return hasItsIndex(db, field) ? [] : [{ object, alias, problem: 'noIndex', remedy: shellCommand(db, `create ${field.unique ? 'unique ' : ''}index "field_${object}_${alias}" on ${table} ("${alias}")`) }];
}

/** Unique standard fields are so by their table, which schema-objects.ts looks at. */
function hasItsIndex(db: SqliteDatabase, { object, alias, unique, indexed, origin }: FieldRow): boolean {
  if ((!unique && !indexed) || (origin !== 'custom' && unique)) return true;
  return db.get(sql`select 1 from pragma_index_list(${TABLES[object]}) where name = ${`field_${object}_${alias}`} and "unique" = ${unique ? 1 : 0}`) !== undefined;
}
