import type { Client } from 'pg';
import { EXIT, UserError } from '../../../support/errors.ts';
import { shellQuoted } from '../../../support/shell-quote.ts';

/** How many migrations a store of this rollcall has seen. */
export const SCHEMA_VERSION = 1;

/** Since when PostgreSQL has all that the schema needs, as `server_version_num`. */
const OLDEST_SERVER = 150_000;

/** Where a store is. */
export interface SchemaPlace {
  /** For messages: the URL without secrets. */
  readonly location: string;
  readonly schema: string;
}

/** What stands in the database under the name of a store's schema. */
export type Standing =
  | { readonly kind: 'missing' }
  /** A schema without anything in it. */
  | { readonly kind: 'empty' }
  | { readonly kind: 'foreign' }
  | { readonly kind: 'store'; readonly version: number };

/** Looks what stands there, with no other rights than everybody has until it is a store. */
export async function findStanding(client: Client, schema: string): Promise<Standing> {
  const { rows } = await client.query<{ objects: number; isStore: boolean }>(
    `select
      ((select count(*) from pg_class where relnamespace = spaces.oid)
        + (select count(*) from pg_proc where pronamespace = spaces.oid))::int as objects,
      (
        select count(*) = 3
        from pg_class as tables
        join pg_attribute as columns on columns.attrelid = tables.oid
        where tables.relnamespace = spaces.oid and tables.relname = 'store' and tables.relkind = 'r'
          and columns.attname in ('version', 'made_xid', 'distributed')
      ) as "isStore"
    from pg_namespace as spaces
    where spaces.nspname = $1`,
    [schema],
  );
  const [found] = rows;
  if (found === undefined) return { kind: 'missing' };
  if (found.objects === 0) return { kind: 'empty' };
  return found.isStore ? versionIn(client, schema) : { kind: 'foreign' };
}

async function versionIn(client: Client, schema: string): Promise<Standing> {
  const { rows } = await client.query<{ version: number }>(
    `select version from ${client.escapeIdentifier(schema)}.store`,
  );
  const [row] = rows;
  return row === undefined ? { kind: 'foreign' } : { kind: 'store', version: row.version };
}

/**
 * The store's version. `UserError` (69): there is none, what is there is not rollcall's, or it is newer
 * than `known`.
 */
export async function readVersion(
  client: Client,
  place: SchemaPlace,
  known: number = SCHEMA_VERSION,
): Promise<number> {
  const standing = await findStanding(client, place.schema);
  switch (standing.kind) {
    case 'missing':
    case 'empty':
      throw missingStore(place);
    case 'foreign':
      throw foreignSchema(place);
    case 'store':
      requireKnown(standing.version, place, known);
      return standing.version;
  }
}

/** Refuses (69) a store of another version than this rollcall's. `UserError`. */
export async function requireThisVersion(client: Client, place: SchemaPlace): Promise<void> {
  requireVersion(await readVersion(client, place), place);
}

/** The same for a version that was read. `UserError`. */
export function requireVersion(version: number, place: SchemaPlace): void {
  requireKnown(version, place, SCHEMA_VERSION);
  if (version === SCHEMA_VERSION) return;
  const versions = `store version ${String(version)}, this one needs ${String(SCHEMA_VERSION)}`;
  const message = `${place.location} was made by an older rollcall (${versions})`;
  throw new UserError('OLDER_STORE', EXIT.noStore, message, {
    hint: `bring it up to date: rollcall db:migrate --db ${shellQuoted(place.location)}`,
  });
}

function requireKnown(version: number, { location }: SchemaPlace, known: number): void {
  if (version <= known) return;
  const versions = `store version ${String(version)}, this one knows ${String(known)}`;
  const message = `${location} was made by a newer rollcall (${versions})`;
  throw new UserError('NEWER_STORE', EXIT.noStore, message, {
    hint: 'update rollcall on this machine',
  });
}

function missingStore({ location }: SchemaPlace): UserError {
  return new UserError('NO_STORE', EXIT.noStore, `there is no store at ${location}`, {
    hint: `make one: rollcall init --db ${shellQuoted(location)}`,
  });
}

export function foreignSchema({ location, schema }: SchemaPlace): UserError {
  const message = `${location} is not a rollcall store: the schema ${schema} has other things in it`;
  return new UserError('NOT_A_STORE', EXIT.noStore, message, {
    hint: 'name another schema at the end of the URL: ?schema=NAME',
  });
}

/**
 * Refuses (69) a server that a store cannot be on: one that is too old, or a database whose texts are
 * not in UTF-8. `UserError`.
 */
export async function requireFitServer(client: Client, { location }: SchemaPlace): Promise<void> {
  const { rows } = await client.query<{ version: number; shown: string; encoding: string }>(
    `select
      current_setting('server_version_num')::int as version,
      current_setting('server_version') as shown,
      current_setting('server_encoding') as encoding`,
  );
  const [server] = rows;
  if (server === undefined) throw new Error('the server says nothing of itself');
  if (server.version < OLDEST_SERVER) {
    const message = `${location} is on PostgreSQL ${server.shown}, and a store needs 15 or later`;
    throw new UserError('OLD_SERVER', EXIT.noStore, message, { hint: 'upgrade the server' });
  }
  if (server.encoding !== 'UTF8') {
    const message = `${location} keeps texts in ${server.encoding}, and a store needs UTF8`;
    throw new UserError('WRONG_ENCODING', EXIT.noStore, message, {
      hint: 'make a database for it: createdb --encoding=UTF8 --template=template0 NAME',
    });
  }
}
