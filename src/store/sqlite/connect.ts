import { accessSync, constants, realpathSync, statSync } from 'node:fs';
import type Sqlite from 'better-sqlite3';
import { EXIT, UserError } from '../../support/errors.ts';
import { registerFunctions } from './functions.ts';
import { openDatabase } from './open-database.ts';

export const APPLICATION_ID = 1380928588; // "ROLL"
/** How many migrations a store of this rollcall has seen; its `user_version`. */
export const SCHEMA_VERSION = 4;
const BUSY_TIMEOUT_MS = 10_000;

export interface ConnectOptions {
  /** How long to wait for another writer. */
  readonly busyTimeoutMs?: number | undefined;
}

/** A connection as every command uses it, for reading only where the file cannot be written; the caller closes it. */
export function connect(realPath: string, { busyTimeoutMs = BUSY_TIMEOUT_MS }: ConnectOptions = {}): Sqlite.Database {
  const raw = openDatabase(realPath, { fileMustExist: true, timeout: busyTimeoutMs, readonly: !isWritable(realPath) });
  try {
    raw.pragma('synchronous = full'); // a WAL store reopens with NORMAL
    raw.pragma('foreign_keys = on');
    raw.pragma('cache_size = -65536');
    raw.pragma('wal_autocheckpoint = 16384'); // 64 MB: what is written again meanwhile is copied into the store once
    registerFunctions(raw);
    return raw;
  } catch (error) {
    raw.close();
    throw error;
  }
}

/** The store's version; `UserError` when the file is no rollcall store or newer than `known` (69). */
export function readVersion(raw: Sqlite.Database, path: string, known: number = SCHEMA_VERSION): number {
  if (raw.pragma('application_id', { simple: true }) !== APPLICATION_ID) {
    throw new UserError('NOT_A_STORE', EXIT.noStore, `${path} is not a rollcall store`, { hint: 'name the store with --db, or make one: rollcall init --db FILE' });
  }
  const version = Number(raw.pragma('user_version', { simple: true }));
  if (version > known) {
    throw new UserError('NEWER_STORE', EXIT.noStore, `${path} was made by a newer rollcall (store version ${version}, this one knows ${known})`, { hint: 'update rollcall on this machine' });
  }
  return version;
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

/** Whether this process may write the file. */
export function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
