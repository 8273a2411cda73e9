import { transacting } from '../connection/transacting.ts';
import type Sqlite from 'better-sqlite3';
import { EXIT, UserError } from '../../../support/errors.ts';
import { noteSchema } from '../delta/capture.ts';
import { SqliteSession } from '../session.ts';
import { openDatabase } from '../file/driver.ts';
import { type OnShare, withCopy } from './copy.ts';

const PAGES_A_STEP = 10_000;
const LONGEST_WAIT_MS = 10_000;
const PAUSE_MS = 20;

interface Overwriting {
  readonly file: string;
  readonly isUnchanged: () => boolean;
  readonly onShare: OnShare;
}

/**
 * Writes all of `file` into the store that `store` has open, in one transaction, if `isUnchanged`
 * holds when nobody else can write any more; says whether it did. Readers see the old store until
 * it is done, and the new one after. `UserError`: another writer does not end (75), no room (74).
 */
export async function overwrite(
  store: Sqlite.Database,
  { file, ...copying }: Overwriting,
): Promise<boolean> {
  await withCopy(file, (copy) =>
    matchPageSize(copy, Number(store.pragma('page_size', { simple: true }))),
  );
  const source = openDatabase(file, { fileMustExist: true });
  try {
    if (!(await copyWhenFree(source, store.name, copying))) return false;
  } finally {
    source.close();
  }
  await settle(store);
  return true;
}

/** A store with a log keeps its page size. */
function matchPageSize(copy: Sqlite.Database, size: number): void {
  if (copy.pragma('page_size', { simple: true }) === size) return;
  copy.pragma(`page_size = ${size}`);
  copy.exec('vacuum');
}

/**
 * SQLite's copy waits for no other writer, and better-sqlite3 takes what it says then for a copy of
 * no pages that is done.
 */
async function copyWhenFree(
  source: Sqlite.Database,
  target: string,
  copying: Copying,
): Promise<boolean> {
  const started = performance.now();
  while (performance.now() - started < LONGEST_WAIT_MS) {
    const outcome = await copyNow(source, target, copying);
    if (outcome !== 'busy') return outcome === 'done';
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  const hint = 'another command is writing to it: try again';
  throw new UserError('LOCKED', EXIT.locked, `the store ${target} is busy`, { hint });
}

type Copying = Omit<Overwriting, 'file'>;

const CHANGED = new Error('somebody wrote to the store meanwhile');

/** The first step copies nothing and takes the write lock: from there on nobody else can write. */
async function copyNow(
  source: Sqlite.Database,
  target: string,
  { isUnchanged, onShare }: Copying,
): Promise<'done' | 'busy' | 'changed'> {
  let isFirst = true;
  const progress = ({ totalPages, remainingPages }: Sqlite.BackupMetadata): number => {
    if (isFirst && !isUnchanged()) throw CHANGED;
    isFirst = false;
    onShare(totalPages === 0 ? 0 : 1 - remainingPages / totalPages);
    return PAGES_A_STEP;
  };
  try {
    const { totalPages } = await source.backup(target, { progress });
    return totalPages === 0 ? 'busy' : 'done';
  } catch (error) {
    if (error === CHANGED) return 'changed';
    throw error;
  }
}

/**
 * Copying counts as a change of the schema: that it was ours is noted here, and syncs the log.
 * Whatever fails now, the store is restored; the next update then only thinks that somebody changed
 * the schema.
 */
async function settle(store: Sqlite.Database): Promise<void> {
  try {
    await transacting(store, async () => noteSchema(new SqliteSession(store)));
    store.pragma('busy_timeout = 0'); // a reader that does not end is not waited for
    store.pragma('wal_checkpoint(truncate)');
  } catch {
    // a full disk
  }
}
