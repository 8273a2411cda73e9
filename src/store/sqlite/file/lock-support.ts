import { dirname, resolve } from 'node:path';
import Sqlite from 'better-sqlite3';
import { EXIT, UserError } from '../../../support/errors.ts';
import { type Draft, makeDraft } from './draft.ts';
import { openDatabase } from './driver.ts';

/**
 * Somebody else has locked the file; or so SQLite says, which takes some of a system's refusals for
 * that.
 */
export function isBusy(error: unknown): boolean {
  return error instanceof Sqlite.SqliteError && error.code.startsWith('SQLITE_BUSY');
}

/** The system would not lock, or not share memory between processes, whoever else is there. */
export function refusesLocks({ code }: { readonly code: string }): boolean {
  return /^SQLITE_IOERR_(LOCK|RDLOCK|UNLOCK|CHECKRESERVEDLOCK|SHMLOCK|SHMMAP)$/.test(code);
}

export function locksRefused(path: string, cause: unknown): UserError {
  const message = `the file system of ${dirname(resolve(path))} refuses the locks that a store needs`;
  return new UserError('NO_LOCKS', EXIT.ioError, message, {
    hint: 'put the store on a local disk; on NFS, see that its lock service runs',
    cause,
  });
}

/**
 * To be asked of a store that is busy: `UserError` (74) where its file system locks nothing. A file
 * that nobody else knows is busy only there. Where none can be made, nobody can tell.
 */
export function requireLocks(realPath: string): void {
  const draft = draftIfPossible(realPath);
  if (draft === undefined) return;
  try {
    lockNewFile(draft.path);
  } catch (error) {
    throw isBusy(error) ? locksRefused(realPath, error) : error;
  } finally {
    draft.remove();
  }
}

function draftIfPossible(realPath: string): Draft | undefined {
  try {
    return makeDraft(realPath);
  } catch {
    return undefined;
  }
}

function lockNewFile(path: string): void {
  const raw = openDatabase(path, { timeout: 0 });
  try {
    raw.exec('begin exclusive');
  } finally {
    raw.close();
  }
}
