import { accessSync, constants, existsSync } from 'node:fs';
import { dirname } from 'node:path';
import Sqlite from 'better-sqlite3';
import { EXIT, UserError } from '../../support/errors.ts';
import { shellQuoted } from '../../support/shell-quote.ts';
import { clipped } from '../../support/text.ts';

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
  if (/^no such column: (old|new)\./.test(cause.message)) {
    return new UserError('DAMAGED', EXIT.noStore, `the store ${path} is damaged: somebody dropped a column that is recorded (${cause.message})`, {
      hint: 'rollcall segments:update lets it be written again, and rollcall doctor says how to get the column back',
      cause,
    });
  }
  if (isOfAnotherSchema(cause)) {
    return new UserError('DAMAGED', EXIT.noStore, `the store ${path} is damaged: its tables are not as rollcall made them (${clipped(cause.message, MOST_OF_A_MESSAGE)})`, {
      hint: `what is wrong, and what to do: rollcall doctor --db ${shellQuoted(path)}`,
      cause,
    });
  }
  if (code.startsWith('SQLITE_FULL')) {
    return new UserError('DISK_FULL', EXIT.ioError, `the disk is full: what was being written to ${path} was taken back`, { hint: 'free some space, there and where temporary files are kept (TMPDIR), then run the command again', cause });
  }
  if (/^SQLITE_(CANTOPEN|READONLY)/.test(code) && isWithinReach(path)) {
    return new UserError('IO_ERROR', EXIT.ioError, `a file of the store ${path} cannot be opened for writing`, { hint: 'check the disk, its free space, and that of the folder for temporary files, then run the command again', cause });
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

/** What SQLite says of a statement that names what is not there, or of a value that it cannot compute with. */
const OF_ANOTHER_SCHEMA = new RegExp(
  [
    /^no such (table|column|index|view|trigger|collation)/,
    /^(table|index|view|trigger) .* (has no column named|has \d+ columns but)/,
    /^cannot (modify|UPSERT|create|add) .*\b(view|because it is a view)/,
    /^(malformed database schema|unsupported file format|unsupported encoding|error in (view|trigger|index|table) )/,
    /^ON CONFLICT clause does not match any PRIMARY KEY or UNIQUE constraint/,
    /^(foreign key mismatch|views may not be indexed|ambiguous column name|malformed JSON|integer overflow|unrecognized token)/,
  ]
    .map(({ source }) => source)
    .join('|'),
);

/** Our statements fit the schema that our migrations make: what does not fit, somebody else has changed. */
export function isOfAnotherSchema({ code, message }: SqliteError): boolean {
  if (code === 'SQLITE_ERROR') return OF_ANOTHER_SCHEMA.test(message);
  return /^SQLITE_(MISMATCH|CONSTRAINT_(CHECK|NOTNULL|DATATYPE|TRIGGER|FOREIGNKEY))$/.test(code);
}

const MOST_OF_A_MESSAGE = 300;

/** Whether permission is not what is missing to open the store and the files beside it: SQLite says only that it could not. */
function isWithinReach(path: string): boolean {
  try {
    accessSync(dirname(path), constants.W_OK | constants.X_OK);
    if (existsSync(path)) accessSync(path, constants.R_OK | constants.W_OK);
    return true;
  } catch {
    return false;
  }
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
