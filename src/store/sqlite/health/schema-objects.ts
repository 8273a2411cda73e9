import { type SQL, sql } from 'drizzle-orm';
import type { SchemaTrouble } from '../../health.ts';
import { SqliteDatabase } from '../database.ts';
import { createSchema } from '../migrate.ts';
import { openDatabase } from '../driver.ts';
import { shellCommand } from './trouble.ts';

interface SchemaObject {
  readonly kind: 'table' | 'index' | 'view' | 'trigger';
  readonly name: string;
  readonly sql: string;
}

/** Objects that come and go with fields and filters (see field-columns.ts and changes.ts), and the capture triggers (change-log.ts). */
const OURS = /^(field_(contact|company)_|window_(contact|company)_|anniversary_(contact|company)_|joined_\d+$|capture_)/;
/** Tables whose columns are fields: field-columns.ts looks at those. */
const WITH_FIELDS = ['contacts', 'companies'];

/** The store's tables, columns, indexes, views and triggers against those of a new store. */
export function schemaTroubles(db: SqliteDatabase): SchemaTrouble[] {
  const raw = openDatabase(':memory:');
  try {
    createSchema(raw);
    return compare(db, new SqliteDatabase(raw));
  } finally {
    raw.close();
  }
}

function compare(db: SqliteDatabase, fresh: SqliteDatabase): SchemaTrouble[] {
  const standing = objectsOf(db);
  const wanted = objectsOf(fresh);
  const missing = [...wanted.values()].filter(({ name }) => !standing.has(name));
  const both = [...wanted.values()].filter(({ name }) => standing.has(name));
  const strays = [...standing.values()].filter(({ name }) => !wanted.has(name) && !OURS.test(name));
  return [
    ...missing.map(({ kind, name, sql: statement }) => trouble(kind, name, 'missing', kind === 'table' ? undefined : shellCommand(db, oneLine(statement)))),
    ...both.flatMap((object) => compareObject(db, fresh, object, standing.get(object.name))),
    ...strays.map(({ kind, name }) => trouble(kind, name, 'stray', shellCommand(db, `drop ${kind} "${name}"`))),
    ...migrationTroubles(db, fresh),
  ];
}

function compareObject(db: SqliteDatabase, fresh: SqliteDatabase, { kind, name, sql: wanted }: SchemaObject, standing: SchemaObject | undefined): SchemaTrouble[] {
  if (kind === 'table') return compareColumns(db, fresh, name);
  if (standing === undefined || oneLine(standing.sql) === oneLine(wanted)) return [];
  return [trouble(kind, name, 'different', shellCommand(db, `drop ${standing.kind} "${name}"; ${oneLine(wanted)}`))];
}

function compareColumns(db: SqliteDatabase, fresh: SqliteDatabase, table: string): SchemaTrouble[] {
  const [standing, wanted] = [columnsOf(db, table), columnsOf(fresh, table)];
  const troubles = [...wanted].flatMap(([column, form]): SchemaTrouble[] => {
    const name = `${table}.${column}`;
    if (!standing.has(column)) return [trouble('column', name, 'missing', undefined)];
    return standing.get(column) === form ? [] : [trouble('column', name, 'different', undefined)];
  });
  const strays = WITH_FIELDS.includes(table) ? [] : [...standing.keys()].filter((column) => !wanted.has(column));
  return [...troubles, ...strays.map((column) => trouble('column', `${table}.${column}`, 'stray', shellCommand(db, `alter table ${table} drop column "${column}"`)))];
}

function migrationTroubles(db: SqliteDatabase, fresh: SqliteDatabase): SchemaTrouble[] {
  const applied = sql`select count(*) from __drizzle_migrations`;
  return db.value<number>(applied) === fresh.value<number>(applied) ? [] : [trouble('migrations', '__drizzle_migrations', 'different', undefined)];
}

function objectsOf(db: SqliteDatabase): Map<string, SchemaObject> {
  const objects = db.all<SchemaObject>(sql`
    select type as kind, name, sql
    from sqlite_schema
    where sql is not null and name not like 'sqlite~_%' escape '~' and name not glob 'capture_*_*'
    order by name`);
  return new Map(objects.map((object) => [object.name, object]));
}

/** Column name → all that the database tells of its form. */
function columnsOf(db: SqliteDatabase, table: string): Map<string, string> {
  const columns: SQL = sql`select name, json_array(type, "notnull", dflt_value, pk, hidden) as form from pragma_table_xinfo(${table})`;
  return new Map(db.all<{ name: string; form: string }>(columns).map(({ name, form }) => [name, form]));
}

function trouble(kind: SchemaTrouble['kind'], name: string, problem: SchemaTrouble['problem'], remedy: string | undefined): SchemaTrouble {
  return { kind, name, problem, remedy };
}

function oneLine(statement: string): string {
  return statement.replaceAll(/\s+/g, ' ').trim();
}
