import { closeSync, fsyncSync, lstatSync, openSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import type Sqlite from 'better-sqlite3';
import { cannotCreate } from '../../../support/cannot-write.ts';
import { EXIT, UserError } from '../../../support/errors.ts';
import { openDatabase } from '../driver.ts';
import { sqliteErrorIn, translateSqliteError } from '../errors.ts';

/** What SQLite puts beside a file. */
export const SIDES = ['-wal', '-shm', '-journal'];

/** Hears how much of a copy is done, from 0 to 1. */
export type OnShare = (share: number) => void;

/** 8 MB: a step is short enough for Ctrl-C and for progress. */
const PAGES_A_STEP = 2_000;

/**
 * Copies what `raw` shows at this moment into the new file `draft`, page by page. All of it within one read
 * transaction: a copy that let go of its
 * snapshot between two steps would begin anew after every commit, and beside a writer that never pauses never end.
 * Writers do not wait
 * for it. `VACUUM INTO` would do as well, but it writes every table and index anew, cannot be watched, and leaves out
 * pages that it cannot make sense of.
 */
export async function copyStore(raw: Sqlite.Database, draft: string, onShare: OnShare = () => undefined): Promise<void> {
  makeEmptyFile(draft);
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
    const isOfDraft = /^SQLITE_(FULL|IOERR|CANTOPEN|READONLY)/.test(sqliteErrorIn(error)?.code ?? '');
    throw isOfDraft ? translateSqliteError(error, draft) : error;
  } finally {
    if (raw.inTransaction) raw.exec('rollback');
  }
}

/** Readable by its owner only. `UserError` when it cannot be made (73, 74, 77). */
function makeEmptyFile(path: string): void {
  try {
    closeSync(openSync(path, 'wx', 0o600));
  } catch (error) {
    throw cannotCreate(path, error);
  }
}

/** Of a copy in the making, what a process with this one's id left over is in the way. */
export function draftOf(target: string): string {
  const draft = `${target}.new-${process.pid}`;
  removeFile(draft);
  return draft;
}

/** With what SQLite puts beside it. */
export function removeFile(path: string): void {
  for (const suffix of ['', ...SIDES]) rmSync(path + suffix, { force: true });
}

/**
 * Opens a copy that nobody else knows, as one file without a log beside it, does something with it and sees to it that
 * the result is on
 * the disk.
 */
export async function withCopy<T>(path: string, work: (copy: Sqlite.Database) => T | Promise<T>): Promise<T> {
  const copy = openDatabase(path, { fileMustExist: true });
  try {
    copy.pragma('journal_mode = delete');
    copy.pragma('synchronous = full');
    return await work(copy);
  } finally {
    copy.close();
    flush(path);
  }
}

export function flush(path: string): void {
  const file = openSync(path, 'r+');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Makes names in it last, where the system can. */
export function flushFolderOf(path: string): void {
  try {
    const folder = openSync(dirname(path), 'r');
    try {
      fsyncSync(folder);
    } finally {
      closeSync(folder);
    }
  } catch {
    // Windows and some file systems know no such thing
  }
}

/** `UserError` BACKUP_EXISTS (73): nothing takes the place of another backup. */
export function refuseExisting(path: string): void {
  if (lstatSync(path, { throwIfNoEntry: false }) === undefined) return;
  throw new UserError('BACKUP_EXISTS', EXIT.noOutput, `the backup would take the place of ${path}`, { hint: 'move that file away, name a folder, or try again in a second' });
}

/** `20260301T093000Z` */
export function stamp(now: number): string {
  return new Date(now).toISOString().replace(/[-:]|\.\d+/g, '');
}
