import { createHash } from 'node:crypto';
import type { RunLock } from '../../store.ts';
import type { Place } from './place.ts';
import { quotedName } from './render.ts';
import { openSession, type Session } from './session.ts';
import { serverErrorIn } from './errors.ts';

/** A lock, and whether its connection, and with it the lock, still is. */
export interface HeldLock extends RunLock {
  /** `UserError` (74) when the connection was lost, so that another process may hold the lock. */
  requireHeld(): void;
}

/** "ROLL": the upper half of the key, so that the locks of others are apart. */
const ROLL = 1_380_928_588;

/** The longest that the server can be asked to wait, 24 days. */
const LONGEST_WAIT_MS = 2 ** 31 - 1;

/**
 * The run lock of a store, which is an advisory lock in a transaction that stays open on a connection
 * of its own: it is freed by the end of the connection, however the process dies, passes through every
 * pooler, and has no snapshot, so that vacuum is not held up. Undefined when another process still
 * holds it after `waitMs`.
 */
export async function takeRunLock(place: Place, waitMs: number): Promise<HeldLock | undefined> {
  return takeLock(place, runKey(place), waitMs);
}

/** The lock of a command that is told what changed, in the same way. */
export async function takeHookLock(
  place: Place,
  command: string,
  waitMs: number,
): Promise<HeldLock | undefined> {
  const digest = createHash('sha256').update(`${place.schema}\0${command}`).digest();
  return takeLock(place, String(digest.readBigInt64BE()), waitMs);
}

/** Whether some process holds the run lock. */
export async function isRunLocked(session: Session): Promise<boolean> {
  const [answer] = await session.askAll(`
    select exists (
      select from pg_locks
      where locktype = 'advisory' and granted and objsubid = 1
        and database = (select oid from pg_database where datname = current_database())
        and classid = ${ROLL} and objid = ${schemaId(session.place)}
    ) as held`);
  return (answer?.rows[0] as { held: number }).held === 1;
}

async function takeLock(place: Place, key: string, waitMs: number): Promise<HeldLock | undefined> {
  const session = await openSession(place);
  try {
    if (await isTaken(session, key, waitMs)) return heldBy(session);
  } catch (error) {
    await session.close();
    throw error;
  }
  await session.close();
  return undefined;
}

async function isTaken(session: Session, key: string, waitMs: number): Promise<boolean> {
  if (waitMs <= 0) {
    const answers = await session.askAll(
      `begin; select pg_try_advisory_xact_lock(${key}) as taken`,
    );
    return (answers.at(-1)?.rows[0] as { taken: number }).taken === 1;
  }
  const timeout = waitMs > LONGEST_WAIT_MS ? 0 : Math.ceil(waitMs);
  try {
    await session.askAll(
      `begin; set local lock_timeout = ${timeout}; select pg_advisory_xact_lock(${key})`,
    );
    return true;
  } catch (error) {
    if (serverErrorIn(error)?.code === '55P03') return false;
    throw error;
  }
}

function heldBy(session: Session): HeldLock {
  session.begun();
  return {
    requireHeld: () => session.requireAlive(),
    release: async () => {
      // the server may take its time to notice the end of a connection
      await session.askAll('rollback').catch(() => undefined);
      await session.close();
    },
  };
}

function runKey(place: Place): string {
  return `(${ROLL}::bigint << 32) | ${schemaId(place)}::bigint`;
}

/** Of a store that is not there the server says so (3F000). */
function schemaId({ schema }: Place): string {
  return `'${quotedName(schema).replaceAll("'", "''")}'::regnamespace::oid`;
}
