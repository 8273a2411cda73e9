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

export const APPLICATION_ID = 1380928588; // "ROLL"
/** How many migrations a store of this rollcall has seen; its `user_version`. */
export const SCHEMA_VERSION = 6;
const BUSY_TIMEOUT_MS = 10_000;

export interface ConnectOptions {
  /** How long to wait for another writer. */
  readonly busyTimeoutMs?: number | undefined;
}

/**
 * A connection as every command uses it, for reading only where the file cannot be written; the
 * caller closes it. Where SQLite cannot make the files beside the store that it reads through, it
 * is one to a copy in memory. `UserError`: what stands beside the store must not be opened (69,
 * 77); a file system without locks (74); no copy can be made either (74, 77).
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
    raw.pragma('cache_size = -65536');
    // 64 MB: what is written again meanwhile is copied into the store once
    raw.pragma('wal_autocheckpoint = 16384');
    registerFunctions(raw);
    return raw;
  } catch (error) {
    raw.close();
    throw error;
  }
}

/**
 * Undefined where the files beside the store cannot be made. The first reading waits for nobody: do
 * locks work at all?
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
 * SQLite says only that it could not: for lack of permission, on a read-only file system, on a full
 * disk.
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
    const message = `the disk is full, and ${realPath} cannot be read without room beside it: ${whole.why}`;
    throw new UserError('DISK_FULL', EXIT.ioError, message, {
      hint: 'free some space, then run the command again',
    });
  }
  const message = `cannot read ${realPath} where its folder cannot be written: ${whole.why}`;
  const hint =
    'read it as its owner, or copy it with its -wal file to a folder of your own while nobody writes to it';
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
    if (error instanceof UserError) throw error;
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'EACCES' || code === 'EPERM')
      throw new UserError(
        'NO_PERMISSION',
        EXIT.noPermission,
        `no permission to read the store ${path}`,
        { hint: 'run as the user who owns it, or change its owner', cause: error },
      );
    if (isLink(path)) throw deadLink(path, error);
    throw new UserError('NO_STORE', EXIT.noStore, `there is no store at ${path}`, {
      hint: `name it with --db or ROLLCALL_DB, or make one: rollcall init --db ${path}`,
      cause: error,
    });
  }
}

function isLink(path: string): boolean {
  try {
    return lstatSync(path).isSymbolicLink();
  } catch {
    return false; // below a file, or a name that is too long
  }
}

/** `init` makes nothing behind a link, so that it is no remedy. */
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
