import { existsSync } from 'node:fs';
import Sqlite from 'better-sqlite3';
import type { RunLock } from '../store.ts';
import { openDatabase } from './open-database.ts';

/** The longest that SQLite can be asked to wait, 24 days: for ever, for all practical purposes. */
const LONGEST_WAIT_MS = 2 ** 31 - 1;
/** Who only asks whether the lock is held stands in its way for the blink of an eye: that is waited for. */
const SHORTEST_WAIT_MS = 50;

/**
 * The run lock of the store at `realPath`: an exclusive transaction on a file of its own beside it. The kernel frees it when
 * the process dies, however it dies, so there is nothing to clean up and no heartbeat.
 */
export function takeRunLock(realPath: string, waitMs: number): RunLock | undefined {
  const raw = openDatabase(`${realPath}.lock`, { timeout: Math.min(Math.max(Math.ceil(waitMs), SHORTEST_WAIT_MS), LONGEST_WAIT_MS) });
  try {
    raw.pragma('journal_mode = memory'); // nothing is ever written; a journal would lie beside it after a crash
    raw.exec('begin exclusive');
  } catch (error) {
    raw.close();
    if (isBusy(error)) return undefined;
    throw error;
  }
  return {
    async release() {
      raw.close();
    },
  };
}

/** Whether some process holds the run lock of the store at `realPath`: what is held exclusively cannot even be read. */
export function isRunLocked(realPath: string): boolean {
  const path = `${realPath}.lock`;
  if (!existsSync(path)) return false;
  const raw = openDatabase(path, { readonly: true, timeout: 0 });
  try {
    raw.pragma('schema_version');
    return false;
  } catch (error) {
    if (isBusy(error)) return true;
    throw error;
  } finally {
    raw.close();
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Sqlite.SqliteError && error.code.startsWith('SQLITE_BUSY');
}
