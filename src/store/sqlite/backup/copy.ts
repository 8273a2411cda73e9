import type Sqlite from 'better-sqlite3';
import { flushFile } from '../../../support/flush.ts';
import { openDatabase } from '../file/driver.ts';
import { sqliteErrorIn, translateSqliteError } from '../connection/errors.ts';

/** Hears how much of a copy is done, from 0 to 1. */
export type OnShare = (share: number) => void;

/** 8 MB: a step is short enough for Ctrl-C and for progress. */
const PAGES_A_STEP = 2_000;

/**
 * Copies what `raw` shows at this moment into the empty file `draft`, page by page. All of it
 * within one read transaction: a copy that let go of its snapshot between two steps would begin
 * anew after every commit, and beside a writer that never pauses never end. Writers do not wait for
 * it. `VACUUM INTO` would do as well, but it writes every table and index anew, cannot be watched,
 * and leaves out pages that it cannot make sense of.
 */
export async function copyStore(
  raw: Sqlite.Database,
  draft: string,
  onShare: OnShare,
): Promise<void> {
  raw.exec('begin');
  try {
    raw.prepare('select count(*) from sqlite_schema').get(); // here the snapshot begins
    await raw.backup(draft, {
      progress({ totalPages, remainingPages }) {
        onShare(totalPages === 0 ? 0 : 1 - remainingPages / totalPages);
        return PAGES_A_STEP;
      },
    });
  } catch (error) {
    const isOfDraft = /^SQLITE_(FULL|IOERR|CANTOPEN|READONLY)/.test(
      sqliteErrorIn(error)?.code ?? '',
    );
    throw isOfDraft ? translateSqliteError(error, draft) : error;
  } finally {
    if (raw.inTransaction) raw.exec('rollback');
  }
}

/**
 * Opens a copy that nobody else knows, as one file without a log beside it, does something with it
 * and sees to it that the result is on the disk.
 */
export async function withCopy<T>(
  path: string,
  work: (copy: Sqlite.Database) => T | Promise<T>,
): Promise<T> {
  const copy = openDatabase(path, { fileMustExist: true });
  try {
    copy.pragma('journal_mode = delete');
    copy.pragma('synchronous = full');
    return await work(copy);
  } finally {
    copy.close();
    flushFile(path);
  }
}
