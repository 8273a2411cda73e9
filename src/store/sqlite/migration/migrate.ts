import { transacting } from '../connection/transacting.ts';
import { rmSync } from 'node:fs';
import type Sqlite from 'better-sqlite3';
import type { MigrationMeta } from 'drizzle-orm/migrator';
import type { MigrationForecast } from '../../backups.ts';
import { cannotCreate } from '../../../support/cannot-write.ts';
import { EXIT, UserError } from '../../../support/errors.ts';
import { flushFile } from '../../../support/flush.ts';
import { connect, type ConnectOptions, existingFile, readVersion } from '../connection/connect.ts';
import { SqliteSession } from '../session.ts';
import { createBeside, makeDraft } from '../file/draft.ts';
import { openDatabase } from '../file/driver.ts';
import { translateSqliteError } from '../connection/errors.ts';
import { FileGuard, identify } from '../file/file-guard.ts';
import { requireFree, stamp } from '../file/kept-file.ts';
import { takeRunLock } from '../file/lock.ts';
import { forecast } from './forecast.ts';
import { applyMigrations, readMigrations } from './migrations.ts';
import { movedBy } from './moved-tables.ts';
import { placeUnderLock } from '../file/place-file.ts';

export interface MigrateOptions extends ConnectOptions {
  /** Epoch ms, for the name of the backup. */
  readonly now: number;
  /** Called before anything is written, where rows have to move. */
  readonly announce?: ((forecast: MigrationForecast) => Promise<void>) | undefined;
  /** Where the migrations are, when not in the package. */
  readonly folder?: string | undefined;
}

/**
 * The store's versions before and after; `backup` is a file beside it, undefined when there was
 * nothing to do.
 */
export interface Migrated {
  readonly from: number;
  readonly to: number;
  readonly backup: string | undefined;
}

/**
 * Brings the store at `path` up to date, under the run lock and in one transaction, after a backup
 * beside it. A failure leaves the store as it was, and no backup. `UserError`: what `openStore`
 * refuses but an older store; a run under way, or another writer (75); a backup that cannot be
 * written (73, 74, 77).
 */
export async function migrateStore(
  path: string,
  { now, folder, announce, ...options }: MigrateOptions,
): Promise<Migrated> {
  const real = existingFile(path);
  const file = identify(real);
  const migrations = readMigrations(folder);
  try {
    const raw = connect(real, options);
    try {
      const version = readVersion(raw, path, migrations.length);
      if (version === migrations.length) return { from: version, to: version, backup: undefined };
      const lacking = migrations.slice(version);
      // as `applyMigrations` asks; within a transaction it cannot be set
      raw.pragma('foreign_keys = off');
      const migrated = await underRunLock(real, path, async () => {
        const expected = await forecast(new SqliteSession(raw), real, lacking.flatMap(movedBy));
        if (expected !== undefined) await announce?.(expected);
        return migrateWithBackup(raw, path, real, migrations, now);
      });
      new FileGuard(raw, real, { location: path, file, backup: migrated.backup }).check();
      return migrated;
    } finally {
      raw.close();
    }
  } catch (error) {
    throw translateSqliteError(error, path);
  }
}

/** Makes the whole schema in a new, empty file. */
export async function createSchema(raw: Sqlite.Database): Promise<void> {
  await transacting(raw, async () => applyMigrations(new SqliteSession(raw), readMigrations(), 0));
}

async function underRunLock<T>(real: string, path: string, work: () => Promise<T>): Promise<T> {
  const lock = takeRunLock(real, 0);
  if (lock === undefined)
    throw new UserError('LOCKED', EXIT.locked, `a run is under way on ${path}`, {
      hint: 'wait until it has ended, then try again',
    });
  try {
    return await work();
  } finally {
    await lock.release();
  }
}

async function migrateWithBackup(
  raw: Sqlite.Database,
  path: string,
  real: string,
  migrations: readonly MigrationMeta[],
  now: number,
): Promise<Migrated> {
  let backup: string | undefined;
  const migrateInside = async (): Promise<Migrated> => {
    // again: another process may have been faster
    const from = readVersion(raw, path, migrations.length);
    const to = migrations.length;
    if (from === to) return { from, to, backup };
    const target = `${real}.backup-v${from}-${stamp(now)}`;
    writeBackup(real, target);
    backup = target;
    await applyMigrations(new SqliteSession(raw), migrations, from);
    return { from, to, backup };
  };
  try {
    return await transacting(raw, migrateInside); // with the write lock held, the backup misses no commit
  } catch (error) {
    if (backup !== undefined) rmSync(backup, { force: true });
    throw error;
  }
}

/**
 * A copy of the store that gets its name once it is whole and on the disk: what a crash leaves over
 * is called otherwise.
 */
function writeBackup(real: string, target: string): void {
  requireFree(target);
  try {
    const draft = makeDraft(target);
    try {
      createBeside(draft.path, real); // VACUUM INTO would make it with the usual permissions
      copyInto(real, draft.path);
      flushFile(draft.path);
      if (!placeUnderLock(draft.path, target)) requireFree(target);
    } finally {
      draft.remove();
    }
  } catch (error) {
    throw cannotCreate(target, error);
  }
}

function copyInto(real: string, draft: string): void {
  const reader = openDatabase(real, { readonly: true });
  try {
    reader.prepare('vacuum into ?').run(draft);
  } finally {
    reader.close();
  }
}
