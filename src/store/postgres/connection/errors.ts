import { EXIT, UserError } from '../../../support/errors.ts';
import { LARGEST_ID } from '../../sql/reach.ts';
import { shellQuoted } from '../../../support/shell-quote.ts';
import { clipped } from '../../../support/text.ts';
import { type Circumstances, connectionError, isLoss } from './connection-errors.ts';
import type { Place } from './place.ts';

/** An error of the server, as node-postgres gives it. */
export interface ServerError extends Error {
  /** SQLSTATE: https://www.postgresql.org/docs/current/errcodes-appendix.html */
  readonly code: string;
  readonly severity: string;
  readonly detail?: string;
  readonly schema?: string;
  readonly table?: string;
  readonly constraint?: string;
}

const MOST_OF_A_MESSAGE = 300;

/**
 * Turns what the server refuses, or what happens to the connection, into what a user can put right,
 * by its code; anything else comes back as it is. No message has a value of a statement in it: the
 * server's `detail` and `where`, which have, are left out.
 */
export function translatePostgresError(error: unknown, around: Circumstances): unknown {
  if (error instanceof UserError) return error; // that one is in words already
  if (isLoss(error)) return connectionError(error, around);
  const cause = serverErrorIn(error);
  if (cause === undefined) return error;
  return (
    accessError(cause, around.place) ??
    busyError(cause, around.place) ??
    schemaError(cause, around.place) ??
    writeError(cause, around.place) ??
    valueError(cause) ??
    error
  );
}

/** The error of the server that this one is, or was caused by. */
export function serverErrorIn(error: unknown): ServerError | undefined {
  if (!(error instanceof Error)) return undefined;
  if ('severity' in error && 'code' in error && typeof error.code === 'string')
    return error as ServerError;
  return serverErrorIn(error.cause);
}

/** The server does not let this user in, or not do this. */
function accessError(cause: ServerError, place: Place): UserError | undefined {
  const { location, user, database } = place;
  switch (cause.code) {
    case '28P01':
    case '28000': {
      const hint =
        'check the user in the URL, and the password in ~/.pgpass, PGPASSFILE or PGPASSWORD';
      return noPermission(`the server of ${location} refuses the user ${user}`, hint, cause);
    }
    case '3D000': {
      const message = `there is no database ${database} on the server of ${location}`;
      const hint = `make it: createdb ${shellQuoted(database)}, or name another one in the URL`;
      return new UserError('NO_STORE', EXIT.noStore, message, { hint, cause });
    }
    case '42501': {
      const message = `no permission in the store ${location}: ${messageOf(cause)}`;
      const hint =
        'use the role that owns the schema; to make a store it needs: ' +
        `grant create on database ${shellQuoted(database)} to ${shellQuoted(user)}`;
      return noPermission(message, hint, cause);
    }
    case '25006': {
      const message = `the server of ${location} takes no writes: it is a standby, or read-only`;
      return noPermission(message, 'name the primary server in the URL', cause);
    }
    default:
      return undefined;
  }
}

/** Somebody else is in the way, or the server is short of something: it may go another time. */
function busyError(cause: ServerError, { location }: Place): UserError | undefined {
  const busy = (message: string, hint: string): UserError =>
    new UserError('LOCKED', EXIT.locked, message, { hint, cause });
  switch (cause.code) {
    case '55P03':
    case '40001':
    case '40P01':
      return busy(`the store ${location} is busy`, 'another command is writing to it: try again');
    case '53300':
      return busy(
        `the server of ${location} has no connection left`,
        'try again, or raise max_connections',
      );
    case '57P03':
      return busy(`the server of ${location} is starting or stopping`, 'try again');
    case '57014':
      return busy(
        `the server of ${location} ended a statement: ${messageOf(cause)}`,
        'where the role has a statement_timeout, raise it or set it to 0',
      );
    case '53100':
    case '53200': {
      const what = cause.code === '53100' ? 'disk' : 'memory';
      const message = `the server of ${location} has no ${what} left`;
      const hint = `free some ${what} there, then run the command again`;
      return new UserError('DISK_FULL', EXIT.ioError, message, { hint, cause });
    }
    default:
      return undefined;
  }
}

/** The schema is not there, or not as rollcall made it. */
function schemaError(cause: ServerError, { location, schema }: Place): UserError | undefined {
  const { code } = cause;
  if (
    code === '3F000' ||
    (code === '42P01' && /"(?:\w+\.)?(?:store|writer)"/.test(cause.message))
  ) {
    const message = `there is no store at ${location}: the database has no schema ${schema} of rollcall`;
    const hint = `make one: rollcall init --db ${shellQuoted(location)}`;
    return new UserError('NO_STORE', EXIT.noStore, message, { hint, cause });
  }
  if (!/^(42P01|42703|42883|23502|23503)$/.test(code)) return undefined;
  const message = `the store ${location} is damaged: its tables are not as rollcall made them (${messageOf(cause)})`;
  const hint = `what is wrong, and what to do: rollcall doctor --db ${shellQuoted(location)}`;
  return new UserError('DAMAGED', EXIT.noStore, message, { hint, cause });
}

/** A unique key or a trigger refuses a row, or there is no id for it. */
function writeError(cause: ServerError, { location }: Place): UserError | undefined {
  switch (cause.code) {
    case '23505': {
      const message = `another record has this ${takenColumns(cause)} already`;
      return new UserError('TAKEN', EXIT.refused, message, { cause });
    }
    case 'P0001': {
      const message = `a trigger in ${location} that is not rollcall's refused it: ${messageOf(cause)}`;
      const hint = `which triggers are not rollcall's: rollcall doctor --db ${shellQuoted(location)}`;
      return new UserError('REFUSED_BY_TRIGGER', EXIT.refused, message, { hint, cause });
    }
    case '2200H': {
      const message = `no id is left for new rows in ${location}: they would lie beyond ${LARGEST_ID} (2^53 - 1)`;
      const hint = `it can have low ids again, and nothing is lost: rollcall doctor --db ${shellQuoted(location)}`;
      return new UserError('NO_ID_LEFT', EXIT.noStore, message, { hint, cause });
    }
    default:
      return undefined;
  }
}

/** PostgreSQL cannot keep a value that a file can. */
function valueError(cause: ServerError): UserError | undefined {
  const refused = (message: string): UserError =>
    new UserError('BAD_VALUE', EXIT.badInput, message, { cause });
  switch (cause.code) {
    case '22021':
    case '22P05':
      return refused('a text holds a character that PostgreSQL cannot keep (NUL)');
    case '22003':
      return refused(`a number is larger than PostgreSQL can keep: ${messageOf(cause)}`);
    case '23514': {
      const { table = 'a table', constraint = 'its check' } = cause;
      const column = constraint.replace(`${table}_`, '').replace(/_check$/, '');
      return refused(
        `${table} cannot have this ${column}: numbers lie between -1e300 and 1e300, ` +
          'instants within 2^53 - 1 milliseconds of 1970, days are days of the calendar',
      );
    }
    case '54000':
      return refused(
        'a text is longer than an index of PostgreSQL takes (some 2,700 bytes), or a row than a table does',
      );
    default:
      return undefined;
  }
}

/** `Key (lower(email))=(ann@example.com) already exists.` → `email` */
function takenColumns({ detail = '', constraint = 'value' }: ServerError): string {
  const columns = /^Key \((.+?)\)=\(/.exec(detail)?.[1];
  return columns?.replaceAll(/\w+\((\w+)\)|::\w+/g, '$1') ?? constraint;
}

function noPermission(message: string, hint: string, cause: ServerError): UserError {
  return new UserError('NO_PERMISSION', EXIT.noPermission, message, { hint, cause });
}

function messageOf({ message }: ServerError): string {
  return clipped(message, MOST_OF_A_MESSAGE);
}
