import { accessSync, constants, existsSync, linkSync, mkdirSync, realpathSync, rmSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import Sqlite from 'better-sqlite3';
import { EXIT, UserError } from '../../support/errors.ts';
import type { Store } from '../store.ts';
import { translateSqliteError } from './errors.ts';
import { registerFunctions } from './functions.ts';
import { SqliteStore } from './sqlite-store.ts';

export const APPLICATION_ID = 1380928588; // "ROLL"
export const SCHEMA_VERSION = 1;
const BUSY_TIMEOUT_MS = 10_000;

/**
 * Opens the store at `path`. `UserError`: missing, not a store, damaged, made by another version (69), no
 * permission (77). A file that cannot be written is opened for reading.
 */
export async function openStore(path: string): Promise<Store> {
  const real = existingFile(path);
  return translating(path, () => {
    const raw = connect(real);
    try {
      checkVersion(raw, path);
      return new SqliteStore(raw, path, real);
    } catch (error) {
      raw.close();
      throw error;
    }
  });
}

/**
 * Makes a store at `path` and says whether it did: a store of this version that stands there already is left alone.
 * It appears whole or not at all. `makeFolder` makes missing folders too, for the default place.
 */
export async function initStore(path: string, options: { readonly makeFolder?: boolean } = {}): Promise<{ readonly created: boolean }> {
  if (options.makeFolder === true) mkdirSync(dirname(resolve(path)), { recursive: true, mode: 0o700 });
  if (existsSync(path)) {
    await (await openStore(path)).close();
    return { created: false };
  }
  const folder = dirname(resolve(path));
  if (!existsSync(folder)) throw new UserError('NO_FOLDER', EXIT.noOutput, `the folder ${folder} does not exist`, { hint: 'make it, or name another place with --db' });
  requireWritable(folder);
  const draft = `${path}.new-${process.pid}`;
  try {
    await translatingAsync(path, async () => writeNewStore(draft));
    linkSync(draft, path); // never over a store that another process made meanwhile
  } finally {
    for (const suffix of ['', '-wal', '-shm']) rmSync(draft + suffix, { force: true });
  }
  return { created: true };
}

async function writeNewStore(path: string): Promise<void> {
  const { applyMigrations } = await import('./migrate.ts');
  const raw = new Sqlite(path, { timeout: BUSY_TIMEOUT_MS });
  try {
    raw.pragma('journal_mode = wal');
    raw.pragma('synchronous = full');
    applyMigrations(raw);
  } finally {
    raw.close();
  }
}

/** A connection as every command uses it; the caller closes it. */
export function connect(path: string): Sqlite.Database {
  const raw = new Sqlite(path, { fileMustExist: true, timeout: BUSY_TIMEOUT_MS, readonly: !isWritable(path) });
  try {
    raw.pragma('synchronous = full'); // a WAL store reopens with NORMAL
    raw.pragma('foreign_keys = on');
    raw.pragma('cache_size = -65536');
    registerFunctions(raw);
    return raw;
  } catch (error) {
    raw.close();
    throw error;
  }
}

/** Refuses what is no rollcall store, or one of another version (69). */
export function checkVersion(raw: Sqlite.Database, path: string): void {
  if (raw.pragma('application_id', { simple: true }) !== APPLICATION_ID) {
    throw new UserError('NOT_A_STORE', EXIT.noStore, `${path} is not a rollcall store`, { hint: 'name the store with --db, or make one: rollcall init --db FILE' });
  }
  const version = Number(raw.pragma('user_version', { simple: true }));
  if (version > SCHEMA_VERSION) {
    throw new UserError('NEWER_STORE', EXIT.noStore, `${path} was made by a newer rollcall (store version ${version}, this one knows ${SCHEMA_VERSION})`, { hint: 'update rollcall on this machine' });
  }
  if (version < SCHEMA_VERSION) {
    throw new UserError('OLDER_STORE', EXIT.noStore, `${path} was made by an older rollcall (store version ${version}, this one needs ${SCHEMA_VERSION})`, {
      hint: `bring it up to date, with a backup beside it: rollcall db:migrate --db ${path}`,
    });
  }
}

/** The real path of an existing file; `UserError` when it is missing (69) or out of reach (77). */
export function existingFile(path: string): string {
  try {
    if (statSync(path).isDirectory()) throw new UserError('NOT_A_STORE', EXIT.noStore, `${path} is a folder, not a rollcall store`, { hint: 'name the store file with --db' });
    accessSync(path, constants.R_OK);
    return realpathSync(path);
  } catch (error) {
    if (error instanceof UserError) throw error;
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'EACCES' || code === 'EPERM') throw new UserError('NO_PERMISSION', EXIT.noPermission, `no permission to read the store ${path}`, { hint: 'run as the user who owns it, or change its owner', cause: error });
    throw new UserError('NO_STORE', EXIT.noStore, `there is no store at ${path}`, { hint: `name it with --db or ROLLCALL_DB, or make one: rollcall init --db ${path}`, cause: error });
  }
}

function requireWritable(folder: string): void {
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EROFS') throw new UserError('READ_ONLY', EXIT.noOutput, `the folder ${folder} is on a read-only file system`, { hint: 'name another place with --db', cause });
    throw new UserError('NO_PERMISSION', EXIT.noPermission, `no permission to create a store in ${folder}`, { hint: 'name another place with --db, or change the owner of the folder', cause });
  }
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function translating<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw translateSqliteError(error, path);
  }
}

async function translatingAsync<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw translateSqliteError(error, path);
  }
}
