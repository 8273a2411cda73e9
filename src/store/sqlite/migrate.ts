import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type Sqlite from 'better-sqlite3';
import { drizzle } from 'drizzle-orm/better-sqlite3';
import { migrate } from 'drizzle-orm/better-sqlite3/migrator';
import { restoreCapture } from './capture.ts';
import { SqliteDatabase } from './database.ts';

/**
 * Brings a store's schema up to date: each of drizzle/*.sql that it has not seen, all in one transaction, then the capture
 * triggers. Migrations only add, or are written by hand; none may rebuild a table (see docs/decisions/0001).
 */
export function applyMigrations(raw: Sqlite.Database, folder: string = migrationsFolder()): void {
  migrate(drizzle(raw), { migrationsFolder: folder });
  restoreCapture(new SqliteDatabase(raw));
}

/** `drizzle/` of the package, from the sources and from dist alike. */
export function migrationsFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'drizzle', 'meta', '_journal.json'))) {
    const parent = dirname(folder);
    if (parent === folder) throw new Error('the package is incomplete: its drizzle folder is missing');
    folder = parent;
  }
  return join(folder, 'drizzle');
}
