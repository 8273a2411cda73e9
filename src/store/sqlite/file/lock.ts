import { existsSync } from 'node:fs';
import Sqlite from 'better-sqlite3';
import { EXIT, UserError } from '../../../support/errors.ts';
import { shellQuoted } from '../../../support/shell-quote.ts';
import { isSystemError, reasonOf, type SystemError } from '../../../support/system-error.ts';
import type { RunLock } from '../../store.ts';
import { chownLike, findSoundFile, mayUse } from './companions.ts';
import { createBeside } from './draft.ts';
import { openDatabase } from './driver.ts';
import { diskFull, isDiskFull } from './full-disk.ts';
import { keepLockRecord, type LockRecord, readLockRecord } from './lock-record.ts';
import { isBusy, refusesLocks } from './lock-support.ts';
import { hookLockPath, lockPath } from './store-files.ts';

export interface HeldLock extends RunLock {
  /** What the lock file remembers of the store. */
  readonly remembered: LockRecord | undefined;
  /** Frees it, and lets it remember this. */
  releaseWith(record: LockRecord | undefined): Promise<void>;
}

/** The longest that SQLite can be asked to wait, 24 days: for ever, for all practical purposes. */
const LONGEST_WAIT_MS = 2 ** 31 - 1;
/** A command that only asks whether the lock is held takes it for a moment, which is waited for. */
const SHORTEST_WAIT_MS = 50;

/**
 * The run lock of the store at `realPath`: an exclusive transaction on a file of its own beside it.
 * The kernel frees it when the process dies, however it dies, so there is nothing to clean up and
 * no heartbeat. `UserError`: the file cannot be made or opened (74, 77), or is no lock file (69).
 */
export function takeRunLock(realPath: string, waitMs: number): HeldLock | undefined {
  return takeLock({ realPath, path: lockPath(realPath) }, waitMs);
}

/**
 * The lock of a command that is told what changed, in the same way: while one process holds it, no
 * other tells that command anything.
 */
export function takeHookLock(
  realPath: string,
  command: string,
  waitMs: number,
): HeldLock | undefined {
  return takeLock({ realPath, path: hookLockPath(realPath, command) }, waitMs);
}

/** A lock file, and the store that it stands beside. */
interface LockFile {
  readonly realPath: string;
  readonly path: string;
}

function takeLock(file: LockFile, waitMs: number): HeldLock | undefined {
  if (!lockFileExists(file)) makeLockFile(file);
  const timeout = Math.min(Math.max(Math.ceil(waitMs), SHORTEST_WAIT_MS), LONGEST_WAIT_MS);
  const raw = onLockFile(file, () => openDatabase(file.path, { fileMustExist: true, timeout }));
  if (!isTaken(raw, file)) return undefined;
  return {
    remembered: readLockRecord(raw),
    async releaseWith(record) {
      keepLockRecord(raw, record);
      raw.close();
    },
    async release() {
      raw.close();
    },
  };
}

/** Takes the lock, and closes its file where somebody else holds it or that fails. */
function isTaken(raw: Sqlite.Database, file: LockFile): boolean {
  try {
    onLockFile(file, () => {
      raw.pragma('journal_mode = memory'); // a journal would lie beside it after a crash
      raw.pragma('synchronous = off'); // what it remembers is a hint
      raw.exec('begin exclusive');
    });
    return true;
  } catch (error) {
    raw.close();
    if (isBusy(error)) return false;
    throw error;
  }
}

/**
 * Whether some process holds the run lock of the store at `realPath`: what is held exclusively
 * cannot even be read.
 */
export function isRunLocked(realPath: string): boolean {
  const file = { realPath, path: lockPath(realPath) };
  if (!lockFileExists(file)) return false;
  return onLockFile(file, () => {
    const raw = openDatabase(file.path, { readonly: true, timeout: 0 });
    try {
      raw.pragma('schema_version');
      return false;
    } catch (error) {
      if (isBusy(error)) return true;
      throw error;
    } finally {
      raw.close();
    }
  });
}

/** `UserError`: what stands there is no file of ours, and opening a pipe would wait for ever. */
function lockFileExists({ realPath, path }: LockFile): boolean {
  return findSoundFile(realPath, path, 'not the lock file of the store');
}

function makeLockFile(file: LockFile): void {
  try {
    createBeside(file.path, file.realPath, { asOpen: true });
  } catch (error) {
    if (!isSystemError(error)) throw error;
    if (error.code === 'EEXIST') return; // another process was faster
    throw cannotMake(file, error);
  }
}

function cannotMake({ realPath, path }: LockFile, error: SystemError): UserError {
  if (error.code === 'ENOSPC' || error.code === 'EDQUOT') return diskFull(realPath, error);
  if (error.code === 'EROFS') {
    const hint = 'mount it for writing, or copy the store to a place that can be written';
    return noPermission(`cannot make the lock file ${path}: ${reasonOf(error)}`, hint, error);
  }
  if (error.code === 'EACCES' || error.code === 'EPERM') {
    const hint = 'run as the user who owns the store and its folder';
    return noPermission(`no permission to make the lock file ${path}`, hint, error);
  }
  return ioError(`cannot make the lock file ${path}: ${error.message}`, error);
}

function noPermission(message: string, hint: string, cause: Error): UserError {
  return new UserError('NO_PERMISSION', EXIT.noPermission, message, { hint, cause });
}

function ioError(message: string, cause: Error): UserError {
  const hint = 'check the disk, then run the command again';
  return new UserError('IO_ERROR', EXIT.ioError, message, { hint, cause });
}

/**
 * Turns an error of SQLite into one that names the lock file. That somebody else holds the lock is no
 * error here: the caller tells that one.
 */
function onLockFile<T>(file: LockFile, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof Sqlite.SqliteError ? lockFileError(file, error) : error;
  }
}

function lockFileError(
  { realPath, path }: LockFile,
  cause: InstanceType<typeof Sqlite.SqliteError>,
): unknown {
  if (/^SQLITE_(NOTADB|CORRUPT)/.test(cause.code)) {
    const message = `the lock file ${path} holds something that is not rollcall's`;
    const hint = `when no run is at work, move it away: mv ${shellQuoted(path)} /somewhere/else`;
    return new UserError('NOT_A_LOCK', EXIT.noStore, message, { hint, cause });
  }
  if (/^SQLITE_(CANTOPEN|PERM|READONLY)/.test(cause.code) && !mayUse(path)) {
    const hint = existsSync(realPath)
      ? `give it to the owner of the store: ${chownLike(realPath, path)}`
      : 'remove it';
    return noPermission(`no permission to open the lock file ${path}`, hint, cause);
  }
  if (/^SQLITE_(CANTOPEN|IOERR)/.test(cause.code) && !refusesLocks(cause)) {
    if (isDiskFull(path)) return diskFull(realPath, cause);
    return ioError(`input or output failed on the lock file ${path}: ${cause.message}`, cause);
  }
  return cause;
}
