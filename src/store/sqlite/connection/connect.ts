import { accessSync, constants, lstatSync, realpathSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import Sqlite from 'better-sqlite3';
import { EXIT, UserError } from '../../../support/errors.ts';
import { kindOf, requireSoundCompanions } from '../file/companions.ts';
import { openDatabase } from '../file/driver.ts';
import { isDiskFull } from '../file/full-disk.ts';
import { registerFunctions } from './functions.ts';
import { isBusy, refusesLocks, requireLocks } from '../file/lock-support.ts';
import { readWholeFile } from '../file/whole-file.ts';
import { shellQuoted } from '../../../support/shell-quote.ts';

export const APPLICATION_ID = 1380928588; // "ROLL"
/** How many migrations a store of this rollcall has seen; its `user_version`. */
export const SCHEMA_VERSION = 10;
/** What a connection keeps of the store's pages. */
export const CACHE_KIB = 65_536;
const BUSY_TIMEOUT_MS = 10_000;

export interface ConnectOptions {
  /** How long to wait for another writer. */
  readonly busyTimeoutMs?: number | undefined;
}

/**
 * A connection as every command uses it, for reading only where the file cannot be written; the
 * caller closes it. To read, SQLite needs files of its own beside the store: where it cannot make
 * them, the connection is to a copy of the store in memory. `UserError`: what stands beside the store
 * must not be opened (69, 77); a file system without locks (74); no copy can be made either (74, 77).
 */
export function connect(
  realPath: string,
  { busyTimeoutMs = BUSY_TIMEOUT_MS }: ConnectOptions = {},
): Sqlite.Database {
  requireSoundCompanions(realPath);
  const raw = openFile(realPath, busyTimeoutMs) ?? openCopy(realPath);
  try {
    raw.pragma('synchronous = full'); // a WAL store reopens with NORMAL
    raw.pragma('foreign_keys = on');
    raw.pragma('secure_delete = on'); // see docs/decisions/0017-erased-bytes.md
    raw.pragma(`cache_size = -${CACHE_KIB}`);
    // 64 MB: a page that is written several times before that is copied into the store once
    raw.pragma('wal_autocheckpoint = 16384');
    registerFunctions(raw);
    return raw;
  } catch (error) {
    raw.close();
    throw error;
  }
}

/**
 * Undefined where SQLite cannot make its files beside the store. The first reading waits for nobody,
 * because a file system without locks looks like a busy store, and would be found out only after the
 * whole wait.
 */
function openFile(realPath: string, busyTimeoutMs: number): Sqlite.Database | undefined {
  const raw = openDatabase(realPath, {
    fileMustExist: true,
    timeout: 0,
    readonly: !isWritable(realPath),
  });
  try {
    try {
      raw.pragma('schema_version');
    } catch (error) {
      if (!isBusy(error)) throw error;
      requireLocks(realPath);
    }
    raw.pragma(`busy_timeout = ${busyTimeoutMs}`);
    return raw;
  } catch (error) {
    raw.close();
    if (isForLackOfFiles(error, realPath)) return undefined;
    throw error;
  }
}

/**
 * Whether the opening failed because a file beside the store could not be made: for lack of
 * permission, on a read-only file system or on a full disk. SQLite's error does not say which.
 */
function isForLackOfFiles(error: unknown, realPath: string): boolean {
  if (!(error instanceof Sqlite.SqliteError) || refusesLocks(error)) return false;
  if (!/^SQLITE_(CANTOPEN|READONLY|IOERR_SHM|IOERR_WRITE|FULL)/.test(error.code)) return false;
  return !isWritable(dirname(realPath)) || isDiskFull(realPath);
}

function openCopy(realPath: string): Sqlite.Database {
  const whole = readWholeFile(realPath);
  if ('bytes' in whole) return openDatabase(whole.bytes, { readonly: true });
  if (isDiskFull(realPath)) {
    const problem = `the disk is full, and ${realPath} cannot be read without room beside it`;
    const message = `${problem}: ${whole.why}`;
    throw new UserError('DISK_FULL', EXIT.ioError, message, {
      hint: 'free some space, then run the command again',
    });
  }
  const message = `cannot read ${realPath} where its folder cannot be written: ${whole.why}`;
  const hint =
    'read it as its owner, or copy it with its -wal file to a folder of your own ' +
    'while nobody writes to it';
  throw new UserError('NO_PERMISSION', EXIT.noPermission, message, { hint });
}

/**
 * The store's version; `UserError` when the file is no rollcall store or newer than `known` (69).
 */
export function readVersion(
  raw: Sqlite.Database,
  path: string,
  known: number = SCHEMA_VERSION,
): number {
  if (raw.pragma('application_id', { simple: true }) !== APPLICATION_ID) {
    throw new UserError('NOT_A_STORE', EXIT.noStore, `${path} is not a rollcall store`, {
      hint: 'name the store with --db, or make one: rollcall init --db FILE',
    });
  }
  const version = Number(raw.pragma('user_version', { simple: true }));
  if (version > known) {
    throw new UserError(
      'NEWER_STORE',
      EXIT.noStore,
      `${path} was made by a newer rollcall (store version ${version}, this one knows ${known})`,
      { hint: 'update rollcall on this machine' },
    );
  }
  return version;
}

/** The real path of an existing file; `UserError` when it is missing (69) or out of reach (77). */
export function existingFile(path: string): string {
  try {
    const found = statSync(path, { bigint: true });
    if (!found.isFile()) {
      const message = `${path} is ${kindOf(found)}, not a rollcall store`;
      throw new UserError('NOT_A_STORE', EXIT.noStore, message, {
        hint: 'name the store file with --db',
      });
    }
    accessSync(path, constants.R_OK);
    return realpathSync(path);
  } catch (error) {
    throw error instanceof UserError ? error : missing(path, error);
  }
}

function missing(path: string, cause: unknown): UserError {
  const { code = '' } = cause as NodeJS.ErrnoException;
  if (code === 'EACCES' || code === 'EPERM') {
    const message = `no permission to read the store ${path}`;
    const hint = 'run as the user who owns it, or change its owner';
    return new UserError('NO_PERMISSION', EXIT.noPermission, message, { hint, cause });
  }
  if (isLink(path)) return deadLink(path, cause);
  return new UserError('NO_STORE', EXIT.noStore, `there is no store at ${path}`, {
    hint: `name it with --db or ROLLCALL_DB, or make one: rollcall init --db ${shellQuoted(path)}`,
    cause,
  });
}

function isLink(path: string): boolean {
  try {
    return lstatSync(path).isSymbolicLink();
  } catch {
    return false; // below a file, or a name that is too long
  }
}

/** The hint does not name `init`, which makes nothing behind a link. */
function deadLink(path: string, cause: unknown): UserError {
  const message = `there is no store at ${path}: it is a link that leads to none`;
  const hint = 'name the store itself with --db, or remove the link';
  return new UserError('NO_STORE', EXIT.noStore, message, { hint, cause });
}

/** Whether this process may write the file. */
export function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
