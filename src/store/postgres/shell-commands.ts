import { DEFAULT_SCHEMA, readDatabaseUrl, serverLocationOf } from '../../support/database-url.ts';
import { shellQuoted } from '../../support/shell-quote.ts';
import { quotedName } from './connection/render.ts';

/*
 * Command lines of the server's own tools. They take the store's URL without `schema`, which these
 * do not know, and find the password where rollcall does, but for the one in ROLLCALL_DB.
 */

/** Backs up the store of this URL, with everything that is in its schema. */
export function dumpCommand(location: string): string {
  // a pattern, in which double quotes keep case and wildcards
  const schema = shellQuoted(`--schema=${nameOf(schemaOf(location))}`);
  return `pg_dump ${schema} --format=custom --file=rollcall.dump ${serverOf(location)}`;
}

/** Puts that backup in the place of the store. */
export function undumpCommand(location: string): string {
  return `pg_restore --clean --if-exists --dbname=${serverOf(location)} rollcall.dump`;
}

/** Runs statements in the store, all of them or none. */
export function psqlCommand(location: string, statements: string): string {
  const path = `set search_path = ${nameOf(schemaOf(location))}, pg_temp`;
  return `psql ${serverOf(location)} -c ${shellQuoted(`${path}; ${statements}`)}`;
}

/** Runs one statement, which names the schema itself and may be of those that want to be alone. */
export function plainPsqlCommand(location: string, statement: string): string {
  return `psql ${serverOf(location)} -c ${shellQuoted(statement)}`;
}

function serverOf(location: string): string {
  return shellQuoted(serverLocationOf(location));
}

function schemaOf(location: string): string {
  return readDatabaseUrl(location).parameters.get('schema') ?? DEFAULT_SCHEMA;
}

/** As SQL; bare where that is the same. */
export function nameOf(schema: string): string {
  return /^[a-z_][a-z0-9_]*$/.test(schema) ? schema : quotedName(schema);
}
