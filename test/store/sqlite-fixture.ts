import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import type { Store } from '../../src/store/index.ts';
import { initStore, openStore } from '../../src/store/sqlite/open.ts';
import { scanningInProcess } from '../helpers/in-process-scanner.ts';
import { scanPoints } from './conformance/scans.ts';
import type { StoreFixture } from './conformance/fixture.ts';

export interface SqliteFixture extends StoreFixture {
  readonly folder: string;
  readonly path: string;
  /**
   * A plain connection to the file, as another tool has it: our settings and functions are not on
   * it.
   */
  readonly raw: Sqlite.Database;
}

/** A new store in a folder of its own, gone with `cleanup`. */
export async function sqliteFixture(): Promise<SqliteFixture> {
  const folder = mkdtempSync(join(tmpdir(), 'rollcall-store-'));
  const path = join(folder, 'crm.db');
  await initStore(path);
  const scanning = {
    scanFrom: 0,
    scanners: 2,
    batch: 3,
    startScanner: scanningInProcess(scanPoints),
  };
  const open = async (): Promise<Store> => openStore(path, { busyTimeoutMs: 200, ...scanning });
  const store = await open();
  const raw = new Sqlite(path, { timeout: 200 });
  return {
    folder,
    path,
    store,
    raw,
    another: open,
    cleanup: async () => {
      raw.close();
      await store.close();
      rmSync(folder, { recursive: true });
    },
  };
}
