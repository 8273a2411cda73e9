import { takeRunLock } from './connection/lock.ts';
import { readPlace } from './connection/place.ts';
import { openSession, type Session } from './connection/session.ts';
import { createSchema, type Migrated, migrateSchema, type Restore } from './migration/migrate.ts';
import { PostgresSession } from './postgres-session.ts';
import { dumpCommand } from './shell-commands.ts';

/**
 * Makes a store in the schema that the URL names, and says whether it did: a store of this version
 * that stands there already is left alone. `UserError`: see `openStore`; a schema with other things
 * in it (69).
 */
export async function initStore(url: string): Promise<{ readonly created: boolean }> {
  return withSession(url, async (session) => {
    const restore = restoringCapture(session);
    return {
      created: await session.useAlone(async (client) =>
        createSchema(client, session.place, { restore }),
      ),
    };
  });
}

/**
 * Brings a store up to date, under the run lock and in one transaction. No backup is made:
 * `beforehand` is called with the command line that makes one, where there is something to do.
 * `UserError`: see `openStore`; a run under way (75).
 */
export async function migrateStore(
  url: string,
  beforehand: (backupCommand: string) => Promise<void>,
): Promise<Migrated> {
  return withSession(url, async (session) => {
    const { place } = session;
    return session.useAlone(async (client) =>
      migrateSchema(client, place, {
        lockRuns: async (waitMs) => takeRunLock(place, waitMs),
        beforehand: async () => beforehand(dumpCommand(place.location)),
        restore: restoringCapture(session),
      }),
    );
  });
}

/** What was made is watched over from the first row on. */
function restoringCapture(session: Session): Restore {
  const db = new PostgresSession(session);
  return async () => db.ways.restoreCapture();
}

async function withSession<T>(url: string, work: (session: Session) => Promise<T>): Promise<T> {
  const session = await openSession(readPlace(url));
  try {
    return await work(session);
  } finally {
    await session.close();
  }
}
