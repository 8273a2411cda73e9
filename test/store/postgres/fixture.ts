import { onTestFinished } from 'vitest';
import type { PostgresDatabase } from '../../../src/store/postgres/connection/database.ts';
import { PostgresSession } from '../../../src/store/postgres/postgres-session.ts';
import { readPlace } from '../../../src/store/postgres/connection/place.ts';
import { openSession } from '../../../src/store/postgres/connection/session.ts';
import { PostgresStore } from '../../../src/store/postgres/postgres-store.ts';
import type { WriteTx } from '../../../src/store/index.ts';
import { type FreshSchema, freshSchema } from '../../helpers/postgres.ts';

/** A schema for one test, with the table that writers lock and one to write to. */
export async function writableSchema(): Promise<FreshSchema> {
  const fresh = await freshSchema();
  onTestFinished(fresh.cleanup);
  await fresh.ask('create table writer ()');
  await fresh.ask('create table notes (id bigint primary key, text text)');
  return fresh;
}

/** A connection to it, closed at the end of the test. */
export async function openDatabase(url: string): Promise<PostgresDatabase> {
  const session = await openSession(readPlace(url, {}));
  onTestFinished(async () => session.close());
  return new PostgresSession(session);
}

/** A store over the connection alone: its transactions are used by way of `db`. */
export function storeOver(db: PostgresDatabase): PostgresStore {
  const tables = {
    tx: {} as WriteTx,
    stage: async () => Promise.reject(new Error('there are no tables')),
  };
  const store = new PostgresStore(db, tables);
  onTestFinished(async () => store.close());
  return store;
}
