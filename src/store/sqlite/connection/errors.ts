import Sqlite from 'better-sqlite3';
import { EXIT, UserError } from '../../../support/errors.ts';
import { storageError } from './storage-errors.ts';
import { shellQuoted } from '../../../support/shell-quote.ts';
import { clipped } from '../../../support/text.ts';

/**
 * Turns what SQLite refuses into what a user can put right, by its code; anything else comes back
 * as it is. Codes: https://sqlite.org/rescode.html
 */
export function translateSqliteError(error: unknown, path: string): unknown {
  // that one is in words already
  const cause = error instanceof UserError ? undefined : sqliteErrorIn(error);
  if (cause === undefined) return error;
  return fileError(cause, path) ?? writeError(cause, path) ?? storageError(cause, path) ?? error;
}

/** The file as a whole is locked by somebody, or is no sound store. */
function fileError(cause: SqliteError, path: string): UserError | undefined {
  const { code, message } = cause;
  if (/^SQLITE_(BUSY|LOCKED)/.test(code)) {
    return new UserError('LOCKED', EXIT.locked, `the store ${path} is busy`, {
      hint: 'another command is writing to it: try again',
      cause,
    });
  }
  if (code.startsWith('SQLITE_NOTADB')) {
    const hint =
      'name the store with --db, make one (rollcall init --db FILE), ' +
      'or put a backup there: rollcall restore BACKUP --db FILE';
    const problem = `${path} is not a rollcall store`;
    return new UserError('NOT_A_STORE', EXIT.noStore, problem, { hint, cause });
  }
  if (!code.startsWith('SQLITE_CORRUPT')) return undefined;
  const hint = `put the last backup in its place: rollcall restore FILE --db ${shellQuoted(path)}`;
  return damaged(path, message, hint, cause);
}

/** The schema, a trigger or a unique key refuses the statement. */
function writeError(cause: SqliteError, path: string): UserError | undefined {
  const { code, message } = cause;
  if (/^no such column: (old|new)\./.test(message)) {
    const hint =
      '`rollcall segments:update` lets it be written again, ' +
      'and `rollcall doctor` says how to get the column back';
    return damaged(path, `somebody dropped a column that is recorded (${message})`, hint, cause);
  }
  if (code === 'SQLITE_CONSTRAINT_TRIGGER')
    return message.endsWith('(2^53 - 1)') ? noIdLeft(cause, path) : refusedByTrigger(cause, path);
  if (isOfAnotherSchema(cause)) {
    const why = `its tables are not as rollcall made them (${clipped(message, MOST_OF_A_MESSAGE)})`;
    const hint = `what is wrong, and what to do: rollcall doctor --db ${shellQuoted(path)}`;
    return damaged(path, why, hint, cause);
  }
  if (/^SQLITE_CONSTRAINT_(UNIQUE|PRIMARYKEY)$/.test(code)) return takenError(cause);
  return undefined;
}

function damaged(path: string, why: string, hint: string, cause: SqliteError): UserError {
  const message = `the store ${path} is damaged: ${why}`;
  return new UserError('DAMAGED', EXIT.noStore, message, { hint, cause });
}

/**
 * What SQLite says of a statement that names what is not there, or of a value that it cannot
 * compute with.
 */
const OF_ANOTHER_SCHEMA = new RegExp(
  [
    /^no such (table|column|index|view|trigger|collation)/,
    /^(table|index|view|trigger) .* (has no column named|has \d+ columns but)/,
    /^cannot (modify|UPSERT|create|add) .*\b(view|because it is a view)/,
    /^(malformed database schema|unsupported file format|unsupported encoding|error in (view|trigger|index|table) )/,
    /^ON CONFLICT clause does not match any PRIMARY KEY or UNIQUE constraint/,
    /^(foreign key mismatch|views may not be indexed|ambiguous column name)/,
    /^(malformed JSON|integer overflow|unrecognized token)/,
  ]
    .map(({ source }) => source)
    .join('|'),
);

/**
 * Whether somebody else has changed the schema: our statements fit the one that our migrations make.
 */
export function isOfAnotherSchema({ code, message }: SqliteError): boolean {
  if (code === 'SQLITE_ERROR') return OF_ANOTHER_SCHEMA.test(message);
  return /^SQLITE_(MISMATCH|CONSTRAINT_(CHECK|NOTNULL|DATATYPE|FOREIGNKEY))$/.test(code);
}

const MOST_OF_A_MESSAGE = 300;

type SqliteError = InstanceType<typeof Sqlite.SqliteError>;

/** Rollcall's own triggers refuse nothing but what `noIdLeft` is about. */
function refusedByTrigger(cause: SqliteError, path: string): UserError {
  const why = clipped(cause.message, MOST_OF_A_MESSAGE);
  const message = `a trigger in ${path} that is not rollcall's refused it: ${why}`;
  return new UserError('REFUSED_BY_TRIGGER', EXIT.refused, message, {
    hint: `which triggers are not rollcall's: rollcall doctor --db ${shellQuoted(path)}`,
    cause,
  });
}

function noIdLeft(cause: SqliteError, path: string): UserError {
  const [table = ''] = cause.message.split(':');
  const bound = '9007199254740991 (2^53 - 1)';
  const message = `no id is left for new ${table} in ${path}: they would lie beyond ${bound}`;
  const doctor = `rollcall doctor --db ${shellQuoted(path)}`;
  const hint = `it can have low ids again, and nothing is lost: ${doctor}`;
  return new UserError('NO_ID_LEFT', EXIT.noStore, message, { hint, cause });
}

function takenError(cause: SqliteError): UserError {
  const columns = cause.message.replace(/^.*failed: /, '').replace(/\b\w+\./g, '');
  return new UserError('TAKEN', EXIT.refused, `another record has this ${columns} already`, {
    cause,
  });
}

/** The error of SQLite that this one is, or was caused by. */
export function sqliteErrorIn(error: unknown): SqliteError | undefined {
  if (error instanceof Sqlite.SqliteError) return error;
  return error instanceof Error && error.cause !== undefined
    ? sqliteErrorIn(error.cause)
    : undefined;
}
