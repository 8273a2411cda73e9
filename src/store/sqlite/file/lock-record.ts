import type Sqlite from 'better-sqlite3';

/*
 * What the lock file remembers of the store that it last belonged to: its life, and how far that had
 * come. Both are numbers in the header of the lock's own database, so that they are written as one
 * page. They are no more than a hint: a lock file that is new or holds garbage remembers nothing.
 */

export interface LockRecord {
  /** Which life of the store, in 31 bits of its timeline. */
  readonly life: number;
  /** How far that life had come: never less than before in the same life. */
  readonly age: number;
}

export function readLockRecord(lock: Sqlite.Database): LockRecord | undefined {
  try {
    const [life, age] = [
      lock.pragma('application_id', { simple: true }),
      lock.pragma('user_version', { simple: true }),
    ].map(Number);
    return life === undefined || age === undefined || life <= 0 || age < 0
      ? undefined
      : { life, age };
  } catch {
    return undefined;
  }
}

/** Ends the transaction that holds the lock. Undefined makes the lock forget. */
export function keepLockRecord(lock: Sqlite.Database, record: LockRecord | undefined): void {
  const { life, age } = record ?? { life: 0, age: 0 };
  try {
    lock.pragma(`application_id = ${life}`);
    lock.pragma(`user_version = ${age}`);
    lock.exec('commit');
  } catch {
    // a full disk, a lock file that is no database: the next run knows less, and builds more
  }
}
