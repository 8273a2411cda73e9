import Sqlite from 'better-sqlite3';
import type { RunLock } from '../store.ts';

/** The longest that SQLite can be asked to wait, 24 days: for ever, for all practical purposes. */
const LONGEST_WAIT_MS = 2 ** 31 - 1;

/**
 * The run lock of the store at `realPath`: an exclusive transaction on a file of its own beside it. The kernel frees it when
 * the process dies, however it dies, so there is nothing to clean up and no heartbeat.
 */
export function takeRunLock(realPath: string, waitMs: number): RunLock | undefined {
  const raw = new Sqlite(`${realPath}.lock`, { timeout: Math.min(Math.ceil(waitMs), LONGEST_WAIT_MS) });
  try {
    raw.pragma('journal_mode = memory'); // nothing is ever written; a journal would lie beside it after a crash
    raw.exec('begin exclusive');
  } catch (error) {
    raw.close();
    if (error instanceof Sqlite.SqliteError && error.code.startsWith('SQLITE_BUSY')) return undefined;
    throw error;
  }
  return {
    async release() {
      raw.close();
    },
  };
}
