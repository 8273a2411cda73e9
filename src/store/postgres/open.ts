import { SqlStage } from '../sql/import/staging.ts';
import type { Stage, StageShape } from '../staging.ts';
import type { Store } from '../store.ts';
import { countIdentified } from './delta/identified.ts';
import { readPlace } from './connection/place.ts';
import { openSession, type Session } from './connection/session.ts';
import { requireThisVersion } from './migration/version.ts';
import { PostgresSession } from './postgres-session.ts';
import { type Nesting, PostgresStore } from './postgres-store.ts';
import { createTransaction } from './transaction.ts';

/**
 * Opens the store of a URL, `postgres://USER@HOST/DATABASE?schema=NAME`. `UserError`: a URL that
 * cannot be used (2); a server or database out of reach, no store there, one that another version
 * made (69); no permission (77).
 */
export async function openStore(url: string, options: Nesting = {}): Promise<Store> {
  return (await connectStore(url, options)).store;
}

/** The same, with the connection that the store uses. */
export async function connectStore(
  url: string,
  options: Nesting = {},
): Promise<{ readonly db: PostgresSession; readonly store: PostgresStore }> {
  const session = await openSession(readPlace(url));
  try {
    await requireStore(session);
  } catch (error) {
    await session.close();
    throw error;
  }
  const db = new PostgresSession(session);
  let stages = 0;
  const stage = async (shape: StageShape): Promise<Stage> => SqlStage.make(db, ++stages, shape);
  const begin = async (): Promise<void> => countIdentified(db);
  return { db, store: new PostgresStore(db, { tx: createTransaction(db), begin, stage }, options) };
}

async function requireStore(session: Session): Promise<void> {
  // rule: pg-version
  await session.use(async (client) => requireThisVersion(client, session.place));
}
