import { accessSync, constants, existsSync, mkdirSync, rmSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type Sqlite from 'better-sqlite3';
import { cannotCreate } from '../../support/cannot-write.ts';
import { EXIT, UserError } from '../../support/errors.ts';
import type { Store } from '../store.ts';
import { connect, type ConnectOptions, existingFile, readVersion, SCHEMA_VERSION } from './connect.ts';
import { translateSqliteError } from './errors.ts';
import { openDatabase } from './open-database.ts';
import { placeNewFile } from './place-file.ts';
import type { Scanning } from './scan/scanning.ts';
import { type Nesting, SqliteStore } from './sqlite-store.ts';

/**
 * Opens the store at `path`. `UserError`: missing, not a store, damaged, made by another version (69), no
 * permission (77). A file that cannot be written is opened for reading.
 */
export async function openStore(path: string, options: ConnectOptions & Nesting & Scanning = {}): Promise<Store> {
  const real = existingFile(path);
  try {
    const raw = connect(real, options);
    try {
      requireThisVersion(raw, path);
      keepWal(raw);
      return new SqliteStore(raw, path, real, options);
    } catch (error) {
      raw.close();
      throw error;
    }
  } catch (error) {
    throw translateSqliteError(error, path);
  }
}

/**
 * Makes a store at `path` and says whether it did: a store of this version that stands there already is left alone.
 * It appears whole or not at all. `makeFolder` makes missing folders too, for the default place. `UserError`: the place is none (73), a
 * full disk (74), another `init` at work (75), no permission (77).
 */
export async function initStore(path: string, options: { readonly makeFolder?: boolean } = {}): Promise<{ readonly created: boolean }> {
  const folder = dirname(resolve(path));
  if (options.makeFolder === true) mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (existsSync(path)) return presentStore(path);
  const place = statSync(folder, { throwIfNoEntry: false });
  if (place === undefined) throw new UserError('NO_FOLDER', EXIT.noOutput, `the folder ${folder} does not exist`, { hint: 'make it, or name another place with --db' });
  if (!place.isDirectory()) throw new UserError('NO_FOLDER', EXIT.noOutput, `${folder} is not a folder`, { hint: 'name another place with --db' });
  requireWritable(folder);
  const draft = `${path}.new-${process.pid}`;
  try {
    await writeNewStore(draft);
    const created = await placeNewFile(draft, resolve(path)); // never over a store that another process made meanwhile
    return created ? { created } : await presentStore(path);
  } catch (error) {
    throw cannotCreate(path, translateSqliteError(error, path));
  } finally {
    for (const suffix of ['', '-wal', '-shm']) rmSync(draft + suffix, { force: true });
  }
}

async function presentStore(path: string): Promise<{ readonly created: false }> {
  await (await openStore(path)).close();
  return { created: false };
}

async function writeNewStore(path: string): Promise<void> {
  const { createSchema } = await import('./migrate.ts');
  const raw = openDatabase(path);
  try {
    raw.pragma('synchronous = full');
    createSchema(raw);
    raw.pragma('journal_mode = wal'); // last: closing a log that the disk has no room for would lose it without a word
  } finally {
    raw.close();
  }
}

function requireThisVersion(raw: Sqlite.Database, path: string): void {
  const version = readVersion(raw, path);
  if (version === SCHEMA_VERSION) return;
  throw new UserError('OLDER_STORE', EXIT.noStore, `${path} was made by an older rollcall (store version ${version}, this one needs ${SCHEMA_VERSION})`, {
    hint: `bring it up to date, with a backup beside it: rollcall db:migrate --db ${path}`,
  });
}

/** A backup put in the store's place has a rollback journal, under which readers and writers wait for each other. */
function keepWal(raw: Sqlite.Database): void {
  if (!raw.readonly && raw.pragma('journal_mode', { simple: true }) !== 'wal') raw.pragma('journal_mode = wal');
}

function requireWritable(folder: string): void {
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EROFS') throw new UserError('READ_ONLY', EXIT.noOutput, `the folder ${folder} is on a read-only file system`, { hint: 'name another place with --db', cause });
    throw new UserError('NO_PERMISSION', EXIT.noPermission, `no permission to create a store in ${folder}`, { hint: 'name another place with --db, or change the owner of the folder', cause });
  }
}
