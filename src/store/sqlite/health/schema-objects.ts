import { sql } from 'drizzle-orm';
import { filterInTurn, inTurn } from '../../../support/in-turn.ts';
import type { SqliteDatabase } from '../connection/database.ts';
import { SqliteSession } from '../session.ts';
import { openDatabase } from '../file/driver.ts';
import { createSchema } from '../migration/migrate.ts';
import { type Column, columnsOf, declarationOf } from './columns.ts';
import { shellCommand } from '../../sql/health/trouble.ts';

/**
 * A table, index or the like that the store should have, or one of its own that is not as it should
 * be.
 */
export interface SchemaTrouble {
  readonly kind: 'table' | 'column' | 'index' | 'view' | 'trigger' | 'migrations';
  readonly name: string;
  /** What it is on. */
  readonly table: string;
  /** `stray`: rollcall knows nothing of it. */
  readonly problem: 'missing' | 'different' | 'stray';
  readonly remedy: string | undefined;
  /**
   * What it is called now, where somebody seems to have renamed it: the remedy gives the name back.
   */
  readonly renamed?: string | undefined;
}

interface SchemaObject {
  readonly kind: 'table' | 'index' | 'view' | 'trigger';
  readonly name: string;
  readonly table: string;
  readonly sql: string;
}

/**
 * Objects that come and go with fields and filters (see field-columns.ts and changes.ts), and the
 * capture triggers (change-log.ts).
 */
const OURS =
  /^(field_(contact|company)_|odd_(contacts|companies)_|window_(contact|company)_|anniversary_(contact|company)_|joined_\d+$|capture_)/;
/** Tables whose columns are fields: field-columns.ts looks at those. */
const WITH_FIELDS = ['contacts', 'companies'];
const NO_FIELD = 'company_id';

/** The store's tables, columns, indexes, views and triggers against those of a new store. */
export async function schemaTroubles(db: SqliteDatabase): Promise<SchemaTrouble[]> {
  const raw = openDatabase(':memory:');
  try {
    await createSchema(raw);
    return await compare(db, new SqliteSession(raw));
  } finally {
    raw.close();
  }
}

async function compare(db: SqliteDatabase, fresh: SqliteDatabase): Promise<SchemaTrouble[]> {
  const standing = await objectsOf(db);
  const wanted = [...(await objectsOf(fresh)).values()];
  const strays = [...standing.values()].filter(
    ({ name, kind }) =>
      !wanted.some((object) => object.name === name) && !(kind === 'index' && OURS.test(name)),
  );
  const troubles = await inTurn(wanted, async (object) =>
    compareObject(db, fresh, object, { standing: standing.get(object.name), strays }),
  );
  const renamed = troubles.flat().map((each) => each.renamed);
  return [
    ...troubles.flat(),
    ...strays
      .filter(({ name }) => !renamed.includes(name))
      .map((stray) =>
        trouble(stray, 'stray', shellCommand(db, `drop ${stray.kind} ${quoted(stray.name)}`)),
      ),
    ...(await migrationTroubles(db, fresh)),
  ];
}

interface Found {
  readonly standing: SchemaObject | undefined;
  /** Objects that are not rollcall's: one of them may be the table under another name. */
  readonly strays: readonly SchemaObject[];
}

async function compareObject(
  db: SqliteDatabase,
  fresh: SqliteDatabase,
  wanted: SchemaObject,
  { standing, strays }: Found,
): Promise<SchemaTrouble[]> {
  if (wanted.kind === 'table')
    return standing?.kind === 'table'
      ? await compareTable(db, fresh, wanted)
      : [await missingTable(db, fresh, wanted, { standing, strays })];
  if (standing === undefined)
    return [trouble(wanted, 'missing', shellCommand(db, oneLine(wanted.sql)))];
  if (oneLine(standing.sql) === oneLine(wanted.sql)) return [];
  return [
    trouble(
      wanted,
      'different',
      shellCommand(db, `drop ${standing.kind} ${quoted(wanted.name)}; ${oneLine(wanted.sql)}`),
    ),
  ];
}

/**
 * The table is gone, or a view stands in its place. A stray table with all of its columns is taken
 * for it, renamed.
 */
async function missingTable(
  db: SqliteDatabase,
  fresh: SqliteDatabase,
  wanted: SchemaObject,
  { standing, strays }: Found,
): Promise<SchemaTrouble> {
  const columns = await columnNames(fresh, wanted.name);
  const [moved] = await filterInTurn(
    strays.filter(({ kind }) => kind === 'table'),
    async ({ name }) => {
      const standingColumns = await columnNames(db, name);
      return columns.every((column) => standingColumns.includes(column));
    },
  );
  const problem = standing === undefined ? 'missing' : 'different';
  if (moved === undefined) return trouble(wanted, problem, undefined);
  const steps = [
    ...(standing === undefined ? [] : [`drop ${standing.kind} ${quoted(wanted.name)}`]),
    `alter table ${quoted(moved.name)} rename to ${quoted(wanted.name)}`,
  ];
  return { ...trouble(wanted, problem, shellCommand(db, steps.join('; '))), renamed: moved.name };
}

async function columnNames(db: SqliteDatabase, table: string): Promise<string[]> {
  return (await columnsOf(db, table)).map(({ name }) => name);
}

async function compareTable(
  db: SqliteDatabase,
  fresh: SqliteDatabase,
  wanted: SchemaObject,
): Promise<SchemaTrouble[]> {
  const found = await compareColumns(db, fresh, wanted);
  return (await formOf(db, wanted.name)) === (await formOf(fresh, wanted.name))
    ? found
    : [trouble(wanted, 'different', undefined), ...found];
}

/** Whether types are enforced, and whether rows have ids of their own. */
async function formOf(db: SqliteDatabase, table: string): Promise<string | undefined> {
  return (
    await db.get<{ form: string }>(
      sql`select json_array(strict, wr) as form from pragma_table_list where schema = 'main' and name = ${table}`,
    )
  )?.form;
}

async function compareColumns(
  db: SqliteDatabase,
  fresh: SqliteDatabase,
  { name: table, sql: source }: SchemaObject,
): Promise<SchemaTrouble[]> {
  const standing = await columnsOf(db, table);
  const wanted = await columnsOf(fresh, table);
  const strays = standing.filter(({ name }) => !wanted.some((column) => column.name === name));
  const troubles = wanted.flatMap((column): SchemaTrouble[] => {
    const is = standing.find(({ name }) => name === column.name);
    if (is === undefined && WITH_FIELDS.includes(table) && column.name !== NO_FIELD) return [];
    if (is !== undefined)
      return is.form === column.form ? [] : [ofColumn(table, column.name, 'different', undefined)];
    return [missingColumn(db, { table, source }, column, strays)];
  });
  const renamed = troubles.map((each) => each.renamed);
  const unknown = WITH_FIELDS.includes(table)
    ? []
    : strays.filter(({ name }) => !renamed.includes(name));
  return [
    ...troubles,
    ...unknown.map(({ name }) =>
      ofColumn(
        table,
        name,
        'stray',
        shellCommand(db, `alter table ${table} drop column ${quoted(name)}`),
      ),
    ),
  ];
}

/**
 * A column of the same form that is not rollcall's is taken for the missing one, renamed. Otherwise
 * the remedy adds an empty column, where a table with rows takes such a one.
 */
function missingColumn(
  db: SqliteDatabase,
  { table, source }: { readonly table: string; readonly source: string },
  { name, form }: Column,
  strays: readonly Column[],
): SchemaTrouble {
  const renamed = strays.find((stray) => stray.form === form)?.name;
  if (renamed !== undefined) {
    const change = `rename column ${quoted(renamed)} to ${quoted(name)}`;
    const remedy = shellCommand(db, `alter table ${table} ${change}`);
    return { ...ofColumn(table, name, 'missing', remedy), renamed };
  }
  const declaration = declarationOf(source, name);
  const remedy = declaration && shellCommand(db, `alter table ${table} add column ${declaration}`);
  return ofColumn(table, name, 'missing', remedy);
}

async function migrationTroubles(
  db: SqliteDatabase,
  fresh: SqliteDatabase,
): Promise<SchemaTrouble[]> {
  const table = '__drizzle_migrations';
  const applied = async (of: SqliteDatabase): Promise<number | undefined> =>
    of.value<number>(sql`select count(*) from ${sql.identifier(table)}`);
  if (!(await objectsOf(db)).has(table)) return [];
  return (await applied(db)) === (await applied(fresh))
    ? []
    : [{ kind: 'migrations', name: table, table, problem: 'different', remedy: undefined }];
}

async function objectsOf(db: SqliteDatabase): Promise<Map<string, SchemaObject>> {
  const objects = await db.all<SchemaObject>(sql`
    select type as kind, name, tbl_name as "table", sql
    from sqlite_schema
    where sql is not null and name not like 'sqlite~_%' escape '~'
      and (type <> 'trigger' or name not glob 'capture_*')
    order by name`);
  return new Map(objects.map((object) => [object.name, object]));
}

function trouble(
  { kind, name, table }: SchemaObject,
  problem: SchemaTrouble['problem'],
  remedy: string | undefined,
): SchemaTrouble {
  return { kind, name, table, problem, remedy };
}

function ofColumn(
  table: string,
  column: string,
  problem: SchemaTrouble['problem'],
  remedy: string | undefined,
): SchemaTrouble {
  return { kind: 'column', name: `${table}.${column}`, table, problem, remedy };
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function oneLine(statement: string): string {
  return statement.replaceAll(/\s+/g, ' ').trim();
}
