import type pg from 'pg';
import { readPlace } from '../../../src/store/postgres/connection/place.ts';
import { openSession } from '../../../src/store/postgres/connection/session.ts';
import { inWriting } from '../../../src/store/postgres/connection/transactions.ts';
import { restoreCapture } from '../../../src/store/postgres/delta/capture.ts';
import { initStore } from '../../../src/store/postgres/init.ts';
import { PostgresSession } from '../../../src/store/postgres/postgres-session.ts';
import { freshSchema, plainClient } from '../../helpers/postgres.ts';

/** A store whose capture and log are tried, and connections to it. */
export interface TrialStore {
  readonly url: string;
  readonly schema: string;
  /** Ours. */
  readonly db: PostgresSession;
  /** Another program's, with the schema in its search path. */
  readonly client: pg.Client;
  /** One more of another program's, of another role if that is named. */
  connect(user?: string): Promise<pg.Client>;
  cleanup(): Promise<void>;
}

/** A new store in a schema of its own, with nothing in its log; `fields` are statements. */
export async function makeTrial(fields = ''): Promise<TrialStore> {
  const { url, schema, cleanup } = await freshSchema({ isMade: false });
  await initStore(url);
  const trial = await openTrial(url, schema, cleanup);
  if (fields !== '') {
    await trial.client.query(fields);
    await inWriting(trial.db, async () => restoreCapture(trial.db));
  }
  await trial.client.query('truncate contact_changes, wide_changes');
  return trial;
}

/** A store that is there already. */
export async function openTrial(
  url: string,
  schema: string,
  cleanup: () => Promise<void>,
): Promise<TrialStore> {
  const clients: pg.Client[] = [];
  const connect = async (user?: string): Promise<pg.Client> => {
    const client = await plainClient(user === undefined ? url : asUser(url, user));
    clients.push(client);
    await client.query(`set search_path = ${schema}, pg_temp`);
    return client;
  };
  const client = await connect();
  const session = await openSession(readPlace(url));
  return {
    ...{ url, schema, client, connect },
    db: new PostgresSession(session),
    cleanup: async () => {
      for (const each of clients) await each.end();
      await session.close();
      await cleanup();
    },
  };
}

function asUser(url: string, user: string): string {
  return url.replace(/^(postgres(?:ql)?:\/\/)[^@/]*@/, `$1${user}@`);
}
