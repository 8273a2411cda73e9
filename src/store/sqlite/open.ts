import { accessSync, constants, existsSync, mkdirSync, statSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import type Sqlite from 'better-sqlite3';
import { cannotCreate } from '../../support/cannot-write.ts';
import { EXIT, UserError } from '../../support/errors.ts';
import { createNewFile } from '../../support/new-file.ts';
import type { Store } from '../store.ts';
import { requireNoCompanions } from './file/companions.ts';
import {
  connect,
  type ConnectOptions,
  existingFile,
  readVersion,
  SCHEMA_VERSION,
} from './connection/connect.ts';
import { makeDraft } from './file/draft.ts';
import { openDatabase, requireTrimmedName } from './file/driver.ts';
import { translateSqliteError } from './connection/errors.ts';
import { FileGuard, type Guarding, identify } from './file/file-guard.ts';
import { isBusy, locksRefused } from './file/lock-support.ts';
import { placeNewFile } from './file/place-file.ts';
import type { Scanning } from './scan/scanning.ts';
import { type Nesting, SqliteStore } from './sqlite-store.ts';
import { namesOf } from './health/surroundings.ts';
import { shellQuoted } from '../../support/shell-quote.ts';

/**
 * Opens the store at `path`. `UserError`: missing, not a store, damaged, made by another version
 * (69), no permission (77). A file that cannot be written is opened for reading.
 */
export async function openStore(
  path: string,
  options: ConnectOptions & Nesting & Scanning & Guarding = {},
): Promise<Store> {
  return connectStore(path, options).store;
}

/** The same, with the connection that the store uses. */
export function connectStore(
  path: string,
  options: ConnectOptions & Nesting & Scanning & Guarding = {},
): { readonly raw: Sqlite.Database; readonly store: SqliteStore } {
  const real = existingFile(path);
  const file = identify(real);
  try {
    const raw = connect(real, options);
    try {
      requireThisVersion(raw, path);
      keepWal(raw);
      const guard = new FileGuard(raw, real, { location: path, file, isOnly: options.isOnly });
      const store = new SqliteStore(raw, { location: path, realPath: real, guard }, options);
      return { raw, store };
    } catch (error) {
      raw.close();
      throw error;
    }
  } catch (error) {
    throw translateSqliteError(error, path);
  }
}

/** What `initStore` did, and how many names (hard links) the store has. */
export interface Initialized {
  readonly created: boolean;
  readonly names: number;
}

/**
 * Makes a store at `path` and says whether it did: a store of this version that stands there
 * already is left alone. It appears whole or not at all. `makeFolder` makes missing folders too,
 * for the default place. `UserError`: the place is none (73), a full disk (74), another `init` at
 * work (75), no permission (77).
 */
export async function initStore(
  path: string,
  options: { readonly makeFolder?: boolean } = {},
): Promise<Initialized> {
  requireTrimmedName(path);
  const folder = dirname(resolve(path));
  if (options.makeFolder === true) mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (existsSync(path)) return presentStore(path);
  requireFolder(folder);
  requireWritable(folder);
  requireShortName(resolve(path));
  requireNoCompanions(resolve(path));
  try {
    const created = await makeStore(resolve(path));
    return created ? { created, names: 1 } : await presentStore(path);
  } catch (error) {
    throw cannotCreate(path, translateSqliteError(error, path));
  }
}

function requireFolder(folder: string): void {
  const place = statSync(folder, { throwIfNoEntry: false });
  if (place === undefined)
    throw new UserError('NO_FOLDER', EXIT.noOutput, `the folder ${folder} does not exist`, {
      hint: 'make it, or name another place with --db',
    });
  if (!place.isDirectory())
    throw new UserError('NO_FOLDER', EXIT.noOutput, `${folder} is not a folder`, {
      hint: 'name another place with --db',
    });
}

/**
 * In bytes: the longest name that file systems take, less what is added to a store's name for its
 * drafts, copies and backups.
 */
const LONGEST_NAME = 207;

function requireShortName(path: string): void {
  if (Buffer.byteLength(basename(path)) <= LONGEST_NAME) return;
  const why = 'files beside it have names that begin with its own';
  const hint = `name it in at most ${LONGEST_NAME} bytes: ${why}`;
  const message = `the name of the store ${path} is too long`;
  throw new UserError('NO_OUTPUT', EXIT.noOutput, message, { hint });
}

/** Never over a store that another process made meanwhile: then it says that it did not. */
async function makeStore(path: string): Promise<boolean> {
  const draft = makeDraft(path);
  try {
    createNewFile(draft.path); // SQLite would make it with the usual permissions
    await writeNewStore(draft.path);
    return await placeNewFile(draft.path, path);
  } catch (error) {
    throw isBusy(error) ? locksRefused(path, error) : error; // nobody else knows of it
  } finally {
    draft.remove();
  }
}

async function presentStore(path: string): Promise<Initialized> {
  await (await openStore(path)).close();
  return { created: false, names: namesOf(path) };
}

async function writeNewStore(path: string): Promise<void> {
  const { createSchema } = await import('./migration/migrate.ts');
  const raw = openDatabase(path, { timeout: 0 });
  try {
    raw.pragma('synchronous = full');
    await createSchema(raw);
    // last: closing a log that the disk has no room for would lose it without a word
    raw.pragma('journal_mode = wal');
  } finally {
    raw.close();
  }
}

function requireThisVersion(raw: Sqlite.Database, path: string): void {
  const version = readVersion(raw, path);
  if (version === SCHEMA_VERSION) return;
  const versions = `store version ${version}, this one needs ${SCHEMA_VERSION}`;
  const message = `${path} was made by an older rollcall (${versions})`;
  const hint = `bring it up to date, with a backup beside it: rollcall db:migrate --db ${shellQuoted(path)}`;
  throw new UserError('OLDER_STORE', EXIT.noStore, message, { hint });
}

/**
 * A backup put in the store's place has a rollback journal, under which readers and writers wait
 * for each other.
 */
function keepWal(raw: Sqlite.Database): void {
  if (!raw.readonly && raw.pragma('journal_mode', { simple: true }) !== 'wal')
    raw.pragma('journal_mode = wal');
}

function requireWritable(folder: string): void {
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EROFS')
      throw new UserError(
        'READ_ONLY',
        EXIT.noOutput,
        `the folder ${folder} is on a read-only file system`,
        { hint: 'name another place with --db', cause },
      );
    throw new UserError(
      'NO_PERMISSION',
      EXIT.noPermission,
      `no permission to create a store in ${folder}`,
      { hint: 'name another place with --db, or change the owner of the folder', cause },
    );
  }
}
