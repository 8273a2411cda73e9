import type { Client } from 'pg';
import { EXIT, UserError } from '../../../support/errors.ts';
import type { RunLock } from '../../store.ts';
import { functionStatements } from './functions.ts';
import { type Migration, readMigrations } from './migrations.ts';
import { noPermission, schemaError } from './schema-errors.ts';
import {
  findStanding,
  foreignSchema,
  readVersion,
  requireFitServer,
  requireVersion,
  type SchemaPlace,
} from './version.ts';

/** Ends all that changes the schema, in its transaction: makes the triggers that go by the fields. */
export type Restore = (client: Client) => Promise<void>;

export interface CreateOptions {
  readonly restore?: Restore | undefined;
}

/**
 * Makes a store in the schema, all of it or nothing, and says whether it did: a store of this version
 * that stands there is left alone. A schema that is there and empty is used. `UserError`: a server that
 * does not fit, something else under that name, a store of another version (69); no right to (77).
 */
export async function createSchema(
  client: Client,
  place: SchemaPlace,
  { restore }: CreateOptions = {},
): Promise<boolean> {
  return inTransaction(client, place, async () => {
    await requireFitServer(client, place);
    const standing = await findStanding(client, place.schema);
    if (standing.kind === 'foreign') throw foreignSchema(place);
    if (standing.kind === 'store') {
      requireVersion(standing.version, place);
      return false;
    }
    if (standing.kind === 'missing')
      await client.query(`create schema ${client.escapeIdentifier(place.schema)}`);
    else await requireRights(client, place);
    await applyMigrations(client, readMigrations(), 0, restore);
    return true;
  });
}

/**
 * PostgreSQL passes over a schema of the search_path in which a role may make nothing, and would make
 * the store's tables as temporary ones.
 */
async function requireRights(client: Client, place: SchemaPlace): Promise<void> {
  const { rows } = await client.query<{ may: number }>(
    "select (has_schema_privilege($1, 'create') and has_schema_privilege($1, 'usage'))::int as may",
    [place.schema],
  );
  if (rows[0]?.may !== 1)
    throw noPermission(place, client, `permission denied for schema ${place.schema}`);
}

export interface MigrateOptions extends CreateOptions {
  /** Called before anything is written, where there is something to do; what it throws ends it. */
  readonly beforehand?: (() => Promise<void>) | undefined;
  /** As `Store.lockRuns`. */
  readonly lockRuns: (waitMs: number) => Promise<RunLock | undefined>;
  /** Where the migrations are, when not in the package. */
  readonly folder?: string | undefined;
}

/** The store's versions before and after. Backups are the server's business: there is none. */
export interface Migrated {
  readonly from: number;
  readonly to: number;
  readonly backup: undefined;
}

/**
 * Brings the store up to date, under the run lock and in one transaction. A failure leaves it as it
 * was. `UserError`: no store, a newer one (69); a run under way, or a writer for too long (75); no right
 * to (77).
 */
export async function migrateSchema(
  client: Client,
  place: SchemaPlace,
  { lockRuns, folder, restore, beforehand }: MigrateOptions,
): Promise<Migrated> {
  const migrations = readMigrations(folder);
  const to = migrations.length;
  const version = await readVersion(client, place, to);
  if (version === to) return { from: version, to, backup: undefined };
  await beforehand?.();
  const lock = await lockRuns(0);
  if (lock === undefined)
    throw new UserError('LOCKED', EXIT.locked, `a run is under way on ${place.location}`, {
      hint: 'wait until it has ended, then try again',
    });
  try {
    return await inTransaction(client, place, async () => {
      await client.query('lock table writer in exclusive mode');
      // again: another process may have been faster
      const from = await readVersion(client, place, to);
      if (from < to) await applyMigrations(client, migrations, from, restore);
      return { from, to, backup: undefined };
    });
  } finally {
    await lock.release();
  }
}

/** Applies what a store of this version lacks, and makes its functions anew, which that may use. */
async function applyMigrations(
  client: Client,
  migrations: readonly Migration[],
  version: number,
  restore: Restore | undefined,
): Promise<void> {
  await client.query(functionStatements());
  for (const { sql } of migrations.slice(version)) await client.query(sql);
  // with its transaction, by which a store that was dumped and restored is told
  await client.query('update store set version = $1, made_xid = pg_current_xact_id()', [
    migrations.length,
  ]);
  await restore?.(client);
}

/**
 * Runs `work` in a transaction in which names are those of the store, and which no other one enters
 * that makes or migrates it.
 */
async function inTransaction<T>(
  client: Client,
  place: SchemaPlace,
  work: () => Promise<T>,
): Promise<T> {
  try {
    await client.query('begin');
    try {
      const path = `${client.escapeIdentifier(place.schema)}, pg_temp`;
      await client.query(`set local search_path = ${path}`);
      const key = `schema ${place.schema} of rollcall`;
      await client.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [key]);
      const result = await work();
      await client.query('commit');
      return result;
    } catch (error) {
      await client.query('rollback');
      throw error;
    }
  } catch (error) {
    throw schemaError(error, place, client);
  }
}
