import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterAll, beforeAll, test } from 'vitest';
import type { Store } from '../../src/store/index.ts';
import { initStore, openStore } from '../../src/store/sqlite/open.ts';
import { postgresFixture } from '../store/postgres/store-fixture.ts';
import { describePostgres } from './postgres.ts';

/** An empty store, and a folder for files. */
export interface NewStore {
  readonly store: Store;
  readonly folder: string;
  /** Runs statements as another program would; gives the rows of a query. */
  readonly ask: (statements: string) => Promise<Record<string, unknown>[]>;
  /** Deletes both. */
  readonly cleanup: () => Promise<void>;
}

async function inSqlite(folder: string): Promise<Omit<NewStore, 'folder'>> {
  const path = join(folder, 'crm.db');
  await initStore(path);
  const store = await openStore(path);
  return {
    store,
    ask: async (statements) => askFile(path, statements),
    cleanup: store.close.bind(store),
  };
}

function askFile(path: string, statements: string): Record<string, unknown>[] {
  const db = new Sqlite(path);
  try {
    if (!/^\s*select\b/.test(statements)) {
      db.exec(statements);
      return [];
    }
    return db.prepare<[], Record<string, unknown>>(statements).all();
  } finally {
    db.close();
  }
}

let inDatabase: (folder: string) => Promise<Omit<NewStore, 'folder'>> = inSqlite;

/** In SQLite, but for tests that `overPostgres` runs. */
export async function newStore(): Promise<NewStore> {
  const folder = mkdtempSync(join(tmpdir(), 'rollcall-tests-'));
  const made = await inDatabase(folder);
  return {
    ...made,
    folder,
    cleanup: async () => {
      await made.cleanup();
      rmSync(folder, { recursive: true });
    },
  };
}

let isLoading = false;

/** A test of what there is in SQLite alone, in a file that `overPostgres` runs. */
export function sqliteTest(title: string, body: () => Promise<void>): void {
  test.skipIf(isLoading)(title, body);
}

/** Runs the tests of another file, which `load` imports, over PostgreSQL too. */
export function overPostgres(name: string, load: () => Promise<unknown>): void {
  describePostgres(`${name}, over PostgreSQL`, async () => {
    beforeAll(() => {
      inDatabase = postgresFixture;
    });
    afterAll(() => {
      inDatabase = inSqlite;
    });
    isLoading = true;
    await load();
    isLoading = false;
  });
}
