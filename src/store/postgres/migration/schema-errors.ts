import { type Client, DatabaseError } from 'pg';
import { EXIT, UserError } from '../../../support/errors.ts';
import { shellQuoted } from '../../../support/shell-quote.ts';
import type { SchemaPlace } from './version.ts';

/**
 * Turns what the server refuses of making, migrating or finding a store into what a user can put right,
 * by its code; anything else comes back as it is. Codes:
 * https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
export function schemaError(error: unknown, place: SchemaPlace, client: Client): unknown {
  if (!(error instanceof DatabaseError)) return error;
  switch (error.code) {
    case '3D000':
      return missingDatabase(place, client, error);
    case '42501':
      return noPermission(place, client, error.message);
    case '42939':
      return reservedName(place, error);
    default:
      return error;
  }
}

function missingDatabase(
  { location }: SchemaPlace,
  { database = '' }: Client,
  cause: DatabaseError,
): UserError {
  const message = `there is no database ${database} for ${location}`;
  const hint = `make it, then the store in it: createdb ${shellQuoted(database)} && rollcall init`;
  return new UserError('NO_STORE', EXIT.noStore, message, { hint, cause });
}

/** `why` is what the server says of it. */
export function noPermission(
  { location, schema }: SchemaPlace,
  client: Client,
  why: string,
): UserError {
  const role = client.user === undefined ? 'ROLE' : client.escapeIdentifier(client.user);
  const statement = `create schema ${client.escapeIdentifier(schema)} authorization ${role}`;
  return new UserError('NO_PERMISSION', EXIT.noPermission, `${location}: ${why}`, {
    hint: `a store belongs to the role that uses it; its owner lets it be made so: ${statement}`,
  });
}

function reservedName({ schema }: SchemaPlace, cause: DatabaseError): UserError {
  const message = `a store cannot have the schema ${schema}: ${cause.message}`;
  return new UserError('BAD_SCHEMA', EXIT.usage, message, {
    hint: 'name another one at the end of the URL: ?schema=NAME',
    cause,
  });
}
