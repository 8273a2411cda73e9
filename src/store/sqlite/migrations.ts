import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import { type MigrationMeta, readMigrationFiles } from 'drizzle-orm/migrator';
import { packageFolder } from '../../support/package-folder.ts';
import { restoreCapture } from './capture.ts';
import { name, type SqliteDatabase } from './database.ts';

/** The migrations in a folder laid out as drizzle does; a store's version is how many of them it has seen. */
export function readMigrations(folder: string = join(packageFolder(), 'drizzle')): MigrationMeta[] {
  return readMigrationFiles({ migrationsFolder: folder });
}

/** Applies the migrations that a store of this version lacks, and restores its capture triggers. To be called in a transaction. */
export function applyMigrations(db: SqliteDatabase, migrations: readonly MigrationMeta[], version: number): void {
  const before = describeTables(db);
  db.run(sql`create table if not exists __drizzle_migrations (id serial primary key, hash text not null, created_at numeric)`);
  for (const migration of migrations.slice(version)) {
    for (const statement of migration.sql) db.raw.exec(statement);
    db.run(sql`insert into __drizzle_migrations (hash, created_at) values (${migration.hash}, ${migration.folderMillis})`);
  }
  presumeKept(before, describeTables(db));
  db.raw.pragma(`user_version = ${migrations.length}`);
  restoreCapture(db);
}

interface TableState {
  /** Another one means that the table was made anew. */
  readonly rootPage: number;
  readonly columns: readonly string[];
  readonly rows: number;
}

function describeTables(db: SqliteDatabase): Map<string, TableState> {
  const tables = db.all<{ table: string; rootPage: number }>(sql`select name as "table", rootpage as "rootPage" from sqlite_schema where type = 'table' and name not like 'sqlite~_%' escape '~'`);
  return new Map(
    tables.map(({ table, rootPage }) => {
      const columns = db.pluck<string>(sql`select name from pragma_table_xinfo(${table})`);
      return [table, { rootPage, columns, rows: db.value<number>(sql`select count(*) from ${name(table)}`) }];
    }),
  );
}

/**
 * Migrations only add. A table made anew by copy and rename has lost its custom columns and triggers, and what hung on its rows
 * by foreign keys, without an error.
 */
function presumeKept(before: ReadonlyMap<string, TableState>, after: ReadonlyMap<string, TableState>): void {
  for (const [table, was] of before) {
    const is = after.get(table);
    const kept = is?.rootPage === was.rootPage && is.rows >= was.rows && was.columns.every((column) => is.columns.includes(column));
    if (!kept) throw new Error(`a migration rebuilds or empties the table ${table}: it must only add`);
  }
}
