import { type SQL, sql } from 'drizzle-orm';
import { EXIT, UserError } from '../../../support/errors.ts';
import type { NewField } from '../../fields.ts';
import type { FieldRow, FieldType, RecordKind } from '../../rows.ts';
import type { SqlDatabase } from '../database.ts';
import { name } from '../sql-parts.ts';
import { caseless, CASELESS, INTEGER, REAL, spelled } from '../words.ts';
import { isText, oddIndex, uniqueColumnOf } from './unique-columns.ts';

/** A custom field is a real column; adding one does not rewrite the table. */

/** The table of each object. */
export const TABLES: Record<RecordKind, string> = { contact: 'contacts', company: 'companies' };

export async function addColumn(db: SqlDatabase, { object, alias, type }: NewField): Promise<void> {
  const check = spelled(sql``, sql` ${columnCheck(type, name(alias))}`);
  const column = sql`${name(alias)} ${columnDeclaration(type)}${check}`;
  await withinWidth(TABLES[object], async () => {
    await db.run(sql`alter table ${name(TABLES[object])} add column ${column}`);
  });
}

/** Does what needs a column for each field of `table`. `UserError` (1): they are too many. */
export async function withinWidth(table: string, work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!isTooWide(error)) throw error;
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

/** By the words of SQLite, or the code of PostgreSQL. */
function isTooWide(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return (
    error.message.startsWith('too many columns') || ('code' in error && error.code === '54011')
  );
}

/** How the column of a custom field is declared. */
export function columnDeclaration(type: FieldType): SQL {
  switch (type) {
    case 'number':
      return REAL; // NUMERIC would compare 2^53 + 1 as unequal to itself
    case 'boolean':
      return spelled(sql`integer`, sql`smallint`);
    case 'datetime':
      return INTEGER;
    default:
      return CASELESS;
  }
}

/** What a column of PostgreSQL refuses, so that no statement fails over a value that it holds. */
function columnCheck(type: FieldType, column: SQL): SQL {
  switch (type) {
    case 'number':
      return sql`check (${column} between -1e300 and 1e300)`;
    case 'boolean':
      return sql`check (${column} in (0, 1))`;
    case 'datetime':
      return sql`check (${column} between -9007199254740991 and 9007199254740991)`;
    case 'date':
      return sql`check (is_day(${column}))`;
    default:
      return sql``;
  }
}

function indexName(field: Pick<FieldRow, 'object' | 'alias'>) {
  return name(`field_${field.object}_${field.alias}`);
}

export async function indexColumn(
  db: SqlDatabase,
  field: Pick<FieldRow, 'object' | 'alias' | 'type' | 'unique' | 'indexed'>,
): Promise<void> {
  if (!field.unique && !field.indexed) return;
  const unique = field.unique ? sql`unique` : sql``;
  const key = isText(field.type) ? caseless(name(field.alias)) : name(field.alias);
  // on one line: the schema keeps the text as it is
  await db.run(
    sql`create ${unique} index ${indexName(field)} on ${name(TABLES[field.object])} (${key})`,
  );
  const odd = oddIndexOf(field);
  if (odd !== undefined) await db.run(odd.statement);
}

/** The index on the odd values of a unique field. */
export function oddIndexOf(
  field: Pick<FieldRow, 'object' | 'alias' | 'type' | 'unique'>,
): ReturnType<typeof oddIndex> {
  const column = uniqueColumnOf(field);
  return column === undefined ? undefined : oddIndex(column);
}

export async function dropIndex(db: SqlDatabase, field: FieldRow): Promise<void> {
  await db.run(sql`drop index if exists ${indexName(field)}`);
  const odd = oddIndexOf({ ...field, unique: true });
  if (odd !== undefined) await db.run(sql`drop index if exists ${name(odd.name)}`);
}

/** The indexes that updates made to find dates: a column cannot be dropped under them. */
export async function dropDateIndexes(db: SqlDatabase, field: FieldRow): Promise<void> {
  for (const kind of ['window', 'anniversary'])
    await db.run(sql`drop index if exists ${name(`${kind}_${field.object}_${field.alias}`)}`);
}
