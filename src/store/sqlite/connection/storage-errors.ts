import { accessSync, constants, existsSync } from 'node:fs';
import { dirname } from 'node:path';
import type Sqlite from 'better-sqlite3';
import { EXIT, UserError } from '../../../support/errors.ts';
import { isSystemError } from '../../../support/system-error.ts';
import { chownLike, findClosedCompanion } from '../file/companions.ts';
import { diskFull, isDiskFull } from '../file/full-disk.ts';
import { locksRefused, refusesLocks } from '../file/lock-support.ts';
import { spentCounter } from './spent-counter.ts';

type SqliteError = InstanceType<typeof Sqlite.SqliteError>;

/**
 * What the disk or the system refused of the store at `path`; undefined for other errors. SQLite
 * says only that it could not, so the system is asked why.
 */
export function storageError(cause: SqliteError, path: string): UserError | undefined {
  const { code } = cause;
  if (code.startsWith('SQLITE_FULL')) return spentCounter(path, cause) ?? diskFull(path, cause);
  if (!/^SQLITE_(CANTOPEN|READONLY|PERM|IOERR)/.test(code)) return undefined;
  if (isDiskFull(path)) return diskFull(path, cause);
  if (refusesLocks(cause)) return locksRefused(path, cause);
  return code.startsWith('SQLITE_IOERR') ? ioError(path, cause) : accessError(path, cause);
}

function ioError(path: string, cause: SqliteError): UserError {
  const message = `input or output failed on ${path}: ${cause.message}`;
  return new UserError('IO_ERROR', EXIT.ioError, message, {
    hint: 'check the disk, then run the command again',
    cause,
  });
}

function accessError(path: string, cause: SqliteError): UserError {
  const closed = findClosedCompanion(path);
  if (closed !== undefined) {
    const hint = `give it to the owner of the store: ${chownLike(path, closed)}`;
    const message = `no permission to open ${closed}, a file of the store ${path}`;
    return new UserError('NO_PERMISSION', EXIT.noPermission, message, { hint, cause });
  }
  if (!cause.code.startsWith('SQLITE_PERM') && isWithinReach(path)) {
    const hint =
      'check the disk, its free space, and that of the folder for temporary files, ' +
      'then run the command again';
    const message = `a file of the store ${path} cannot be opened for writing`;
    return new UserError('IO_ERROR', EXIT.ioError, message, { hint, cause });
  }
  return writeRefused(path, cause);
}

function writeRefused(path: string, cause: SqliteError): UserError {
  if (isMountedReadOnly(path)) {
    const hint = 'mount it for writing, or copy the store to a place that can be written';
    const message = `the store ${path} is on a read-only file system`;
    return new UserError('NO_PERMISSION', EXIT.noPermission, message, { hint, cause });
  }
  const message = `no permission to write to the store ${path} or its folder`;
  return new UserError('NO_PERMISSION', EXIT.noPermission, message, {
    hint: 'run as the user who owns it, or change its owner',
    cause,
  });
}

/** Whether nobody may write there, whoever it is. */
function isMountedReadOnly(path: string): boolean {
  try {
    accessSync(dirname(path), constants.W_OK);
    return false;
  } catch (error) {
    return isSystemError(error) && error.code === 'EROFS';
  }
}

/** Whether this user may open the store for writing, and make files beside it. */
function isWithinReach(path: string): boolean {
  try {
    accessSync(dirname(path), constants.W_OK | constants.X_OK);
    if (existsSync(path)) accessSync(path, constants.R_OK | constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
