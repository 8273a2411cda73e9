import { setTimeout as wait } from 'node:timers/promises';
import { readClock } from '../../../support/clock.ts';
import { EXIT, UserError } from '../../../support/errors.ts';
import type { TableWatch } from '../../sql/database.ts';
import type { Begun, PostgresDatabase } from './database.ts';
import { serverErrorIn } from './errors.ts';
import type { Session } from './session.ts';
import { passTakenIds } from './taken-ids.ts';

const BEGIN = 'begin isolation level repeatable read';
/** Takes no snapshot: after a wait the transaction sees what the other writer wrote. */
const LOCK = 'lock table writer in exclusive mode';
const LOOK =
  "select pg_current_snapshot()::text as snapshot, current_setting('rollcall.session', true) as mark";

const MOST_ATTEMPTS = 3;
const SHORTEST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 200;

/** Runs `work` on one snapshot. */
export async function inReading<T>(
  db: PostgresDatabase,
  work: () => Promise<T>,
  watch?: TableWatch,
): Promise<T> {
  return inTransaction(db, { statements: [BEGIN, LOOK], watch }, work);
}

/**
 * Runs `work` in a transaction that no other writer of ours can enter. Where it collides with one
 * that is not ours, or is given an id that SQL has given already, `work` is run again: it must have no
 * effect outside the transaction. `UserError`
 * LOCKED (75): the lock is held for longer than lock_timeout, or the collisions go on.
 */
export async function inWriting<T>(db: PostgresDatabase, work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await inTransaction(db, { statements: [BEGIN, LOCK, LOOK] }, work);
    } catch (error) {
      // rule: try-again, passed-ids
      if (
        attempt === MOST_ATTEMPTS ||
        !(isCollision(error) || (await passTakenIds(db.session, error)))
      )
        throw error;
      const longest = LONGEST_PAUSE_MS - SHORTEST_PAUSE_MS;
      await wait(SHORTEST_PAUSE_MS + Math.random() * longest);
    }
  }
}

/** Does `work` so that, when it throws, what it wrote is taken back and the transaction goes on. */
export async function inSavepoint<T>(db: PostgresDatabase, work: () => Promise<T>): Promise<T> {
  const { session } = db;
  await session.askAll('savepoint nested'); // the innermost of a name is the one that is meant
  try {
    const result = await work();
    await session.askAll('release nested');
    return result;
  } catch (error) {
    // rule: postgres-nested
    await takeBack(db, 'rollback to nested; release nested');
    throw error;
  }
}

interface Beginning extends Pick<Begun, 'watch'> {
  readonly statements: readonly string[];
}

async function inTransaction<T>(
  db: PostgresDatabase,
  beginning: Beginning,
  work: () => Promise<T>,
): Promise<T> {
  const { session } = db;
  try {
    await begin(db, beginning);
    const result = await work();
    await commit(session);
    return result;
  } catch (error) {
    // rule: postgres-atomic
    await takeBack(db, 'rollback');
    throw error;
  }
}

async function begin(db: PostgresDatabase, { statements, watch }: Beginning): Promise<void> {
  const { session } = db;
  const answers = await session.askAll(statements.join('; '));
  const { snapshot, mark } = answers.at(-1)?.rows[0] as { snapshot: string; mark: string | null };
  // rule: own-session
  if (mark !== session.mark) throw lentToOthers(db.location);
  db.begun({ at: readClock(), snapshot, watch });
}

/** A transaction in which a statement failed is rolled back by `commit`, which is no error to it. */
async function commit(session: Session): Promise<void> {
  const [answer] = await session.askAll('commit');
  if (answer?.command !== 'COMMIT')
    throw new Error('a transaction went on after a statement of it had failed, and is undone');
}

/** A connection that is lost has rolled back by itself; what ended the work is to be told, not that. */
async function takeBack(db: PostgresDatabase, statements: string): Promise<void> {
  db.undone();
  await db.session.askAll(statements).catch(() => undefined);
}

function isCollision(error: unknown): boolean {
  return /^(40001|40P01)$/.test(serverErrorIn(error)?.code ?? '');
}

/** A pooler gives the connection of the settings and temporary tables to somebody else. */
function lentToOthers(location: string): UserError {
  const message = `${location} is behind a pooler that lends connections for single transactions`;
  return new UserError('NEEDS_SESSION', EXIT.noStore, message, {
    hint: 'name the port of the server itself, or let the pooler keep sessions (pool_mode = session)',
  });
}
