import { transacting } from '../connection/transacting.ts';
import {
  createReadStream,
  createWriteStream,
  lstatSync,
  realpathSync,
  rmSync,
  statSync,
} from 'node:fs';
import type { BigIntStats } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type Sqlite from 'better-sqlite3';
import { EXIT, UserError } from '../../../support/errors.ts';
import { requireSoundCompanions } from '../file/companions.ts';
import { readVersion, SCHEMA_VERSION } from '../connection/connect.ts';
import { SqliteSession } from '../session.ts';
import { openDatabase } from '../file/driver.ts';
import { sqliteErrorIn, translateSqliteError } from '../connection/errors.ts';
import { registerFunctions } from '../connection/functions.ts';
import { applyMigrations, readMigrations } from '../migration/migrations.ts';
import { requireNotStoreFile, SQLITE_SUFFIXES } from '../file/store-files.ts';
import { copyStore, type OnShare, withCopy } from './copy.ts';
import { countContacts, damageOf } from './examine.ts';

/** What a backup is of. */
export interface Incoming {
  readonly version: number;
  readonly contacts: number;
}

/**
 * `UserError`: there is no such file (66), it is none (65) or one of the store's (2), or cannot be
 * reached (77).
 */
export function requireBackup(file: string, path: string, real: string): void {
  const found = statOf(file);
  if (found === undefined) {
    throw new UserError('NO_INPUT', EXIT.noInput, `there is no backup ${file}`, {
      hint: 'name the file to restore',
    });
  }
  if (!found.isFile()) {
    throw new UserError('BAD_BACKUP', EXIT.badInput, `${file} is no file`, {
      hint: 'name the backup itself',
    });
  }
  if (statOf(real)?.isFile() === false) {
    throw new UserError('NOT_A_STORE', EXIT.noStore, `${real} is no file`, {
      hint: 'name the store file with --db',
    });
  }
  requireNotStoreFile(path, file, 'the backup');
}

function statOf(path: string): BigIntStats | undefined {
  try {
    return statSync(path, { bigint: true, throwIfNoEntry: false });
  } catch (cause) {
    const message = `no permission to read ${path}`;
    throw new UserError('NO_PERMISSION', EXIT.noPermission, message, {
      hint: 'run as its owner',
      cause,
    });
  }
}

/**
 * Copies the backup `file` into the empty file `incoming`, finds it whole and brings it up to date.
 */
export async function fetchBackup(
  file: string,
  incoming: string,
  onShare: OnShare,
): Promise<Incoming> {
  try {
    await copyBackup(file, incoming, onShare);
    return await withCopy(incoming, async (copy) => bringUpToDate(copy, file));
  } catch (error) {
    throw badBackup(error, file);
  }
}

async function bringUpToDate(copy: Sqlite.Database, file: string): Promise<Incoming> {
  registerFunctions(copy);
  const damage = damageOf(copy);
  if (damage !== undefined) throw damaged(`the backup ${file} is damaged: ${damage}`);
  const [version, contacts] = [readVersion(copy, file), countContacts(copy)];
  if (version < SCHEMA_VERSION) await migrateCopy(copy, version);
  return { version, contacts };
}

/** As `migrateStore` does, but for a backup: the file that was named still stands. */
async function migrateCopy(copy: Sqlite.Database, version: number): Promise<void> {
  copy.pragma('foreign_keys = off'); // as `applyMigrations` asks
  await transacting(copy, async () =>
    applyMigrations(new SqliteSession(copy), readMigrations(), version),
  );
  copy.pragma('foreign_keys = on');
}

/**
 * A backup is only read: what SQLite leaves beside one that has the mark of a log is taken away
 * again.
 */
async function copyBackup(file: string, incoming: string, onShare: OnShare): Promise<void> {
  // rule: restore-strange-log
  // a log that somebody else put there would be played over it
  requireSoundCompanions(realpathSync(file));
  const sides = SQLITE_SUFFIXES.filter(
    (suffix) => lstatSync(file + suffix, { throwIfNoEntry: false }) === undefined,
  );
  try {
    await readBackup(file, incoming, onShare);
  } catch (error) {
    if (!isUnopenable(error) || !sides.includes('-wal') || !sides.includes('-journal')) throw error;
    // one on a read-only disk with the mark of a log, which it has not
    await pipeline(createReadStream(file), createWriteStream(incoming, { flags: 'r+' }));
  } finally {
    for (const suffix of sides) rmSync(file + suffix, { force: true });
  }
}

async function readBackup(file: string, incoming: string, onShare: OnShare): Promise<void> {
  const raw = openDatabase(file, { readonly: true, fileMustExist: true });
  try {
    readVersion(raw, file);
    await copyStore(raw, incoming, onShare);
  } finally {
    raw.close();
  }
}

function isUnopenable(error: unknown): boolean {
  return /^SQLITE_(CANTOPEN|READONLY)/.test(sqliteErrorIn(error)?.code ?? '');
}

function badBackup(error: unknown, file: string): unknown {
  const translated = translateSqliteError(error, file);
  if (!(translated instanceof UserError)) return translated;
  if (translated.code === 'NOT_A_STORE') {
    const message = `${file} is no backup of a rollcall store`;
    const hint = 'name a file that backup made';
    return new UserError('BAD_BACKUP', EXIT.badInput, message, { hint, cause: error });
  }
  return translated.code === 'DAMAGED'
    ? damaged(`the backup ${file} is damaged`, error)
    : translated;
}

function damaged(message: string, cause?: unknown): UserError {
  const hint = 'restore an earlier one; nothing was changed';
  return new UserError('BAD_BACKUP', EXIT.badInput, message, { hint, cause });
}
