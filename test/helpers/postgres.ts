import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import { describe, inject } from 'vitest';
import { readPlace } from '../../src/store/postgres/connection/place.ts';
import { TYPES } from '../../src/store/postgres/connection/types.ts';
import { startServer } from './postgres/server.ts';

const shared = inject('postgres');

/** Whether there is a server, as there must be one in CI. */
export const hasPostgres = shared !== null || process.env['CI'] === 'true';

/** Tests that need a server: left out where there is none. */
export const describePostgres = describe.skipIf(!hasPostgres);

/** A schema of its own, which is empty at first, in the server that all tests of a run share. */
export interface FreshSchema {
  readonly schema: string;
  /** The name of a store in it, for `--db` and the library. */
  readonly url: string;
  /** Asks as another program does, on a connection with the schema in its search path. */
  readonly ask: (text: string, values?: unknown[]) => Promise<Record<string, unknown>[]>;
  /** Drops the schema. */
  readonly cleanup: () => Promise<void>;
}

/** With `isMade` false only its name is settled. */
export async function freshSchema({ isMade = true } = {}): Promise<FreshSchema> {
  const schema = `t_${randomUUID().replaceAll('-', '').slice(0, 16)}`;
  const base = await sharedServer();
  const url = `${base}${base.includes('?') ? '&' : '?'}schema=${schema}`;
  const client = await plainClient(url);
  await client.query(`set search_path = ${schema}, pg_temp`);
  if (isMade) await client.query(`create schema ${schema}`);
  return {
    schema,
    url,
    ask: async (text, values = []) =>
      (await client.query<Record<string, unknown>>(text, values)).rows,
    cleanup: async () => {
      await client.query(`drop schema if exists ${schema} cascade`);
      await client.end();
    },
  };
}

/** A connection that knows nothing of rollcall; to be ended by the caller. */
export async function plainClient(url: string): Promise<pg.Client> {
  const { host, port, user, database, password } = readPlace(url);
  const client = new pg.Client({
    ...{ host, port, user, database, ssl: false, types: TYPES },
    ...(password === undefined ? {} : { password }),
  });
  client.on('error', () => undefined); // tests end servers and connections
  await client.connect();
  return client;
}

/** The URL of the server that all tests of a run share, which the first one starts. */
export async function sharedServer(): Promise<string> {
  if (shared === null) throw new Error('there is no PostgreSQL here, and CI=true wants one');
  if (shared.kind === 'given') return shared.url;
  const { folder, owner } = shared;
  const ready = join(folder, 'ready');
  if (isFirst(folder)) {
    const failed = await startServer(folder, { owner }).then(() => '', String);
    writeFileSync(ready, failed);
  }
  while (!existsSync(ready)) await wait(20);
  const failed = readFileSync(ready, 'utf8');
  if (failed !== '') throw new Error(`no test server was started: ${failed}`);
  return `postgres://postgres@/postgres?host=${encodeURIComponent(folder)}`;
}

/** Of several processes, one makes the folder. */
function isFirst(folder: string): boolean {
  try {
    mkdirSync(folder);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}
