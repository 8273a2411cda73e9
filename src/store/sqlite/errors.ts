import Sqlite from 'better-sqlite3';
import { EXIT, UserError } from '../../support/errors.ts';

/**
 * Turns what SQLite refuses into what a user can put right, by its code; anything else comes back as it is.
 * Codes: https://sqlite.org/rescode.html
 */
export function translateSqliteError(error: unknown, path: string): unknown {
  const cause = sqliteErrorIn(error);
  if (cause === undefined) return error;
  const code = cause.code;
  if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED')) {
    return new UserError('LOCKED', EXIT.locked, `the store ${path} is busy`, { hint: 'another command is writing to it: try again', cause });
  }
  if (code.startsWith('SQLITE_NOTADB')) {
    return new UserError('NOT_A_STORE', EXIT.noStore, `${path} is not a rollcall store`, { hint: 'name the store with --db, or make one: rollcall init --db FILE', cause });
  }
  if (code.startsWith('SQLITE_CORRUPT')) {
    return new UserError('DAMAGED', EXIT.noStore, `the store ${path} is damaged: ${cause.message}`, { hint: 'put the last backup in its place', cause });
  }
  if (code.startsWith('SQLITE_FULL')) {
    return new UserError('DISK_FULL', EXIT.ioError, `the disk is full: nothing was written to ${path}`, { hint: 'free some space, then run the command again', cause });
  }
  if (code.startsWith('SQLITE_READONLY') || code.startsWith('SQLITE_PERM') || code.startsWith('SQLITE_CANTOPEN')) {
    return new UserError('NO_PERMISSION', EXIT.noPermission, `no permission to write to the store ${path} or its folder`, {
      hint: 'run as the user who owns it, or change its owner',
      cause,
    });
  }
  if (code.startsWith('SQLITE_IOERR')) {
    return new UserError('IO_ERROR', EXIT.ioError, `input or output failed on ${path}: ${cause.message}`, { hint: 'check the disk, then run the command again', cause });
  }
  if (code === 'SQLITE_CONSTRAINT_UNIQUE' || code === 'SQLITE_CONSTRAINT_PRIMARYKEY') return takenError(cause);
  return error;
}

type SqliteError = InstanceType<typeof Sqlite.SqliteError>;

function takenError(cause: SqliteError): UserError {
  const columns = cause.message.replace(/^.*failed: /, '').replace(/\b\w+\./g, '');
  return new UserError('TAKEN', EXIT.refused, `another record has this ${columns} already`, { cause });
}

/** The error of SQLite that this one is, or was caused by. */
export function sqliteErrorIn(error: unknown): SqliteError | undefined {
  if (error instanceof Sqlite.SqliteError) return error;
  return error instanceof Error && error.cause !== undefined ? sqliteErrorIn(error.cause) : undefined;
}
