import { join } from 'node:path';
import { inTurn } from '../../../support/in-turn.ts';
import { sql } from 'drizzle-orm';
import { type MigrationMeta, readMigrationFiles } from 'drizzle-orm/migrator';
import { EXIT, UserError } from '../../../support/errors.ts';
import { packageFolder } from '../../../support/package-folder.ts';
import { restoreCapture } from '../delta/capture.ts';
import type { SqliteDatabase } from '../connection/database.ts';
import { name } from '../../sql/sql-parts.ts';
import { indexOddValues } from './index-odd-values.ts';
import { requireFreeNames } from './free-names.ts';
import { type MovedTable, movedBy, requireMovable } from './moved-tables.ts';

/**
 * The migrations in a folder laid out as drizzle does; a store's version is how many of them it has
 * seen.
 */
export function readMigrations(folder: string = join(packageFolder(), 'drizzle')): MigrationMeta[] {
  return readMigrationFiles({ migrationsFolder: folder });
}

/** In one line, because the statement stands in the store's schema as it is written. */
const LIST_OF_MIGRATIONS =
  'create table if not exists __drizzle_migrations ' +
  '(id serial primary key, hash text not null, created_at numeric)';

/**
 * Applies the migrations that a store of this version lacks, makes the indexes that its fields
 * should have, and restores its capture triggers. To be called in a transaction, with foreign keys
 * off where there are rows: a table that is made anew must neither take along what refers to it nor
 * refuse a row that leads nowhere.
 */
export async function applyMigrations(
  db: SqliteDatabase,
  migrations: readonly MigrationMeta[],
  version: number,
): Promise<void> {
  const lacking = migrations.slice(version);
  const moved = lacking.flatMap(movedBy);
  const before = await describeTables(db);
  await db.run(sql.raw(LIST_OF_MIGRATIONS));
  for (const migration of lacking) {
    await applyMigration(db, migration);
    await db.run(sql`
      insert into __drizzle_migrations (hash, created_at)
      values (${migration.hash}, ${migration.folderMillis})`);
  }
  const rebuilt = new Set(lacking.flatMap(rebuiltBy));
  const after = await describeTables(db);
  presumeKept(withoutMoved(before, moved), after, rebuilt);
  for (const table of moved) await presumeMoved(db, table, before, after);
  db.raw.pragma(`user_version = ${migrations.length}`);
  await indexOddValues(db);
  await restoreCapture(db);
}

/**
 * The tables that a migration says it makes anew, each on a line of its own: whoever reads the
 * migration sees that it asks for the exception.
 */
function rebuiltBy({ sql: statements }: MigrationMeta): string[] {
  const marks = statements.flatMap((statement) => [
    ...statement.matchAll(/^-- rebuilds: (\w+)$/gm),
  ]);
  return marks.map(([, table = '']) => table);
}

async function applyMigration(db: SqliteDatabase, migration: MigrationMeta): Promise<void> {
  for (const table of movedBy(migration)) await requireMovable(db, table);
  await requireFreeNames(db, migration);
  const hanging = (
    await inTurn(rebuiltBy(migration), async (table) => hangingOn(db, table))
  ).flat();
  for (const statement of [...migration.sql, ...hanging]) db.raw.exec(statement);
}

/**
 * The indexes and triggers of others on a table, as statements: they go with a table that is made
 * anew.
 */
async function hangingOn(db: SqliteDatabase, table: string): Promise<string[]> {
  return db.pluck<string>(sql`
    select sql
    from sqlite_schema
    where tbl_name = ${table} collate nocase and type in ('index', 'trigger')
      and sql is not null and name not glob 'capture_*'
    order by type, name`);
}

interface TableState {
  /** Where its description and its rows stand: another place means that the table was made anew. */
  readonly place: string;
  readonly columns: readonly string[];
  readonly rows: number;
}

async function describeTables(db: SqliteDatabase): Promise<Map<string, TableState>> {
  const tables = await db.all<{ table: string; place: string }>(
    sql`
      select name as "table", rowid || ' ' || rootpage as place
      from sqlite_schema
      where type = 'table' and name not like 'sqlite~_%' escape '~'`,
  );
  return new Map(
    await inTurn(tables, async ({ table, place }) => {
      const columns = await db.pluck<string>(sql`select name from pragma_table_xinfo(${table})`);
      return [
        table,
        { place, columns, rows: await db.value<number>(sql`select count(*) from ${name(table)}`) },
      ];
    }),
  );
}

/**
 * Migrations only add. A table made anew by copy and rename has lost its custom columns and
 * triggers, and what hung on its rows by foreign keys, without an error. One that a migration says
 * it rebuilds still has to have all rows and columns that it had: what hangs on it is put back, and
 * `migrateStore` has foreign keys off meanwhile.
 */
function presumeKept(
  before: ReadonlyMap<string, TableState>,
  after: ReadonlyMap<string, TableState>,
  rebuilt: ReadonlySet<string>,
): void {
  for (const [table, was] of before) {
    const is = after.get(table);
    const isSame = is?.place === was.place || rebuilt.has(table);
    const lost = was.columns.filter((column) => is?.columns.includes(column) !== true);
    if (rebuilt.has(table) && lost.length > 0) throw foreignColumns(table, lost);
    const kept = is !== undefined && isSame && is.rows >= was.rows && lost.length === 0;
    if (!kept)
      throw new Error(`a migration rebuilds or empties the table ${table}: it must only add`);
  }
}

type Tables = ReadonlyMap<string, TableState>;

function withoutMoved(tables: Tables, moved: readonly MovedTable[]): Tables {
  const names = moved.map(({ from }) => from);
  return new Map([...tables].filter(([table]) => !names.includes(table)));
}

/** Where the table stood, as many rows have to be in the other, and the view has its columns. */
async function presumeMoved(
  db: SqliteDatabase,
  { from, to }: MovedTable,
  before: Tables,
  after: Tables,
): Promise<void> {
  const was = before.get(from);
  if (was === undefined) return;
  const columns = await db.pluck<string>(sql`select name from pragma_table_xinfo(${from})`);
  const lost = was.columns.filter((column) => !columns.includes(column));
  if (lost.length > 0) throw foreignColumns(from, lost);
  // rule: moved-whole
  if (after.get(to)?.rows !== was.rows)
    throw new Error(`a migration loses rows of the table ${from}`);
}

/** Somebody else added the columns, and the migration must not drop their values. */
function foreignColumns(table: string, columns: readonly string[]): UserError {
  const named = columns.join(', ');
  const drops = columns.map((column) => `alter table ${table} drop column "${column}";`);
  const message = `the table ${table} has columns that are not rollcall's, and would lose them: ${named}`;
  return new UserError('FOREIGN_COLUMNS', EXIT.refused, message, {
    hint: `keep their values elsewhere, then, in the sqlite3 shell: ${drops.join(' ')}`,
  });
}
