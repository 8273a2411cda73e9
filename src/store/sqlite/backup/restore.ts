import { type BigIntStats, chmodSync, constants, copyFileSync, lstatSync, realpathSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type Sqlite from 'better-sqlite3';
import { EXIT, UserError } from '../../../support/errors.ts';
import { counted } from '../../../support/text.ts';
import type { CarriedSuppressions, Restored, RestoreRequest } from '../../backups.ts';
import { noteSchema } from '../capture.ts';
import { readVersion, SCHEMA_VERSION } from '../connect.ts';
import { SqliteDatabase } from '../database.ts';
import { openDatabase } from '../driver.ts';
import { sqliteErrorIn, translateSqliteError } from '../errors.ts';
import { registerFunctions } from '../functions.ts';
import { beginLife, keepIdsFrom, lifeOf } from '../life.ts';
import { takeRunLock } from '../lock.ts';
import { applyMigrations, readMigrations } from '../migrations.ts';
import { carrySuppressions, REPLACED } from './consent.ts';
import { copyStore, draftOf, flushFolderOf, refuseExisting, removeFile, SIDES, stamp, withCopy } from './copy.ts';
import { countContacts, damageOf } from './examine.ts';
import { overwrite } from './overwrite.ts';
import { exchangeFiles, inheritOwner, openPresent, type Present } from './present.ts';

/**
 * Puts a backup in the place of the store at `path`, under the run lock. What is to stand there is made ready and
 * verified beside it; then it is
 * written into the store in one transaction, so that whoever has it open goes on with what was restored, or, where the
 * store is damaged
 * or missing, put in its place. The store that was there is kept. `UserError`: no such backup (66), an unusable one
 * (65, 69); not agreed to (1, 2); a
 * run under way, another writer (75); no room (74); no permission (77).
 */
export async function restoreStore(path: string, request: RestoreRequest): Promise<Restored> {
  const real = placeOf(path);
  requireBackup(request.file, real);
  try {
    const lock = takeRunLock(real, 0);
    if (lock === undefined) throw new UserError('LOCKED', EXIT.locked, `a run is under way on ${path}`, { hint: 'wait until it has ended, then try again' });
    try {
      const restored = await new Restore(path, real, request).run();
      await lock.releaseWith(recordOf(real));
      return restored;
    } finally {
      await lock.release(); // what it remembers of the store that was not replaced stays
    }
  } catch (error) {
    throw error instanceof UserError ? error : translateSqliteError(error, path);
  }
}

/** Through links, also where nothing stands yet. */
function placeOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    const folder = statSync(dirname(resolve(path)), { throwIfNoEntry: false });
    if (folder?.isDirectory() !== true) throw new UserError('NO_FOLDER', EXIT.noOutput, `the folder ${dirname(resolve(path))} does not exist`, { hint: 'make it, or name another place with --db' });
    return join(realpathSync(dirname(resolve(path))), basename(path));
  }
}

function requireBackup(file: string, real: string): void {
  const found = statOf(file);
  if (found === undefined) throw new UserError('NO_INPUT', EXIT.noInput, `there is no backup ${file}`, { hint: 'name the file to restore' });
  if (!found.isFile()) throw new UserError('BAD_BACKUP', EXIT.badInput, `${file} is no file`, { hint: 'name the backup itself' });
  const store = statOf(real);
  if (store?.isFile() === false) throw new UserError('NOT_A_STORE', EXIT.noStore, `${real} is no file`, { hint: 'name the store file with --db' });
  if (store?.ino === found.ino && store.dev === found.dev) throw new UserError('USAGE', EXIT.usage, `${file} is the store itself`, { hint: 'name a backup of it' });
}

function statOf(path: string): BigIntStats | undefined {
  try {
    return statSync(path, { bigint: true, throwIfNoEntry: false });
  } catch (cause) {
    throw new UserError('NO_PERMISSION', EXIT.noPermission, `no permission to read ${path}`, { hint: 'run as its owner', cause });
  }
}

/** For the lock to remember. */
function recordOf(real: string): ReturnType<typeof lifeOf> {
  try {
    const raw = openDatabase(real, { fileMustExist: true });
    try {
      return lifeOf(new SqliteDatabase(raw));
    } finally {
      raw.close();
    }
  } catch {
    return undefined;
  }
}

/** The steps of one restore, each of which leaves what can be left by kill -9. */
class Restore {
  readonly #path: string;
  readonly #real: string;
  readonly #request: RestoreRequest;
  readonly #kept: string;
  #version = 0;
  #contacts = 0;

  constructor(path: string, real: string, request: RestoreRequest) {
    this.#path = path;
    this.#real = real;
    this.#request = request;
    this.#kept = `${real}.before-restore-${stamp(request.now)}`;
  }

  async run(): Promise<Restored> {
    refuseExisting(this.#kept);
    const incoming = draftOf(this.#real);
    try {
      await this.#fetch(incoming).catch((error: unknown) => {
        throw badBackup(error, this.#request.file);
      });
      const present = openPresent(this.#real, this.#path);
      try {
        await this.#request.confirm(this.#question(present));
        return present.kind === 'open' ? await this.#writeInto(present.raw, incoming) : await this.#exchange(present, incoming);
      } finally {
        if (present.kind === 'open') present.raw.close();
      }
    } finally {
      removeFile(incoming);
    }
  }

  /** A copy of the backup beside the store, found whole and brought up to date. */
  async #fetch(incoming: string): Promise<void> {
    await copyBackup(this.#request.file, incoming);
    await withCopy(incoming, (copy) => {
      registerFunctions(copy);
      const damage = damageOf(copy);
      if (damage !== undefined) throw new UserError('BAD_BACKUP', EXIT.badInput, `the backup ${this.#request.file} is damaged: ${damage}`, { hint: 'restore an earlier one; nothing was changed' });
      this.#version = readVersion(copy, this.#request.file);
      this.#contacts = countContacts(copy);
      if (this.#version < SCHEMA_VERSION) migrateCopy(copy, this.#version);
    });
  }

  #question(present: Present): string {
    const backup = `${this.#request.file} (${counted(this.#contacts, 'contact')})`;
    if (present.kind === 'missing') return `there is no store at ${this.#path}: make one of ${backup}?`;
    if (present.kind === 'damaged') return `the store ${this.#path} is damaged (${present.why}) and can only be exchanged: programs that have it open must be stopped first. Put ${backup} in its place?`;
    return `replace the store ${this.#path} (${contactsIn(present.raw)}) with ${backup}?`;
  }

  /**
   * Again from the start where somebody wrote to the store after it was copied: nothing that was acknowledged may be
   * in neither file.
   */
  async #writeInto(raw: Sqlite.Database, incoming: string): Promise<Restored> {
    for (let attempt = 1; attempt <= MOST_ATTEMPTS; attempt += 1) {
      const seen = dataVersion(raw);
      try {
        await this.#keep(raw);
        const suppressions = await this.#makeReady(incoming, this.#kept);
        if (await overwrite(raw, incoming, () => dataVersion(raw) === seen)) return this.#restored(suppressions, this.#kept, false);
      } catch (error) {
        removeFile(this.#kept);
        throw error;
      }
      removeFile(this.#kept);
    }
    throw new UserError('LOCKED', EXIT.locked, `the store ${this.#path} is busy`, { hint: 'stop what writes to it, then try again' });
  }

  async #keep(raw: Sqlite.Database): Promise<void> {
    await copyStore(raw, this.#kept);
    await withCopy(this.#kept, () => undefined);
    inheritOwner(this.#kept, this.#real);
    flushFolderOf(this.#kept);
  }

  async #exchange(present: Present, incoming: string): Promise<Restored> {
    const isThere = present.kind !== 'missing';
    if (isThere) await this.#request.confirm(UNREADABLE);
    await this.#makeReady(incoming, undefined);
    inheritOwner(incoming, this.#real);
    exchangeFiles(incoming, this.#real, this.#kept);
    return this.#restored(isThere ? null : NOBODY, isThere ? this.#kept : null, true);
  }

  /**
   * Begins another life in the file that is to be the store, with what must not be lost of the one that it replaces.
   */
  async #makeReady(file: string, replaced: string | undefined): Promise<CarriedSuppressions | null> {
    let carried: CarriedSuppressions | null = null;
    if (replaced !== undefined) {
      carried = await this.#carry(file, replaced);
      if (carried === null) await this.#request.confirm(UNREADABLE);
    }
    await withCopy(file, (copy) => {
      const db = new SqliteDatabase(copy);
      copy.transaction(() => {
        beginLife(db);
        noteSchema(db);
      }).immediate();
    });
    return carried;
  }

  async #carry(file: string, replaced: string): Promise<CarriedSuppressions | null> {
    return withCopy(file, (copy) => {
      registerFunctions(copy);
      const db = new SqliteDatabase(copy);
      copy.prepare(`attach ? as ${REPLACED}`).run(replaced);
      try {
        return copy.transaction(() => {
          keepIdsFrom(db, REPLACED);
          return carrySuppressions(db);
        })(); // an immediate one would lock, and sync, what is attached too
      } catch (error) {
        if (isOfDisk(error)) throw error;
        return null;
      }
    });
  }

  #restored(suppressions: CarriedSuppressions | null, kept: string | null, isReplaced: boolean): Restored {
    return { version: this.#version, contacts: this.#contacts, kept, isReplaced, suppressions };
  }
}

const MOST_ATTEMPTS = 5;
const NOBODY: CarriedSuppressions = { carried: 0, unplaced: 0 };
const UNREADABLE = 'the suppressions of the present store cannot be read: who must not be written to is known as of the backup only. Go on without them?';

/** What is wrong with our own disk is no reason to go on without suppressions. */
function isOfDisk(error: unknown): boolean {
  return error instanceof UserError && error.exit === EXIT.ioError;
}

/** As `migrateStore` does, but for a backup: the file that was named still stands. */
function migrateCopy(copy: Sqlite.Database, version: number): void {
  copy.pragma('foreign_keys = off'); // as `applyMigrations` asks
  copy.transaction(() => applyMigrations(new SqliteDatabase(copy), readMigrations(), version)).immediate();
  copy.pragma('foreign_keys = on');
}

function dataVersion(raw: Sqlite.Database): unknown {
  return raw.pragma('data_version', { simple: true });
}

function contactsIn(raw: Sqlite.Database): string {
  try {
    return counted(countContacts(raw), 'contact');
  } catch {
    return 'its contacts cannot be read';
  }
}

/** A backup is only read: what SQLite leaves beside one that has the mark of a log is taken away again. */
async function copyBackup(file: string, incoming: string): Promise<void> {
  const sides = SIDES.filter((suffix) => lstatSync(file + suffix, { throwIfNoEntry: false }) === undefined);
  try {
    const raw = openDatabase(file, { readonly: true, fileMustExist: true });
    try {
      readVersion(raw, file);
      await copyStore(raw, incoming);
    } finally {
      raw.close();
    }
  } catch (error) {
    if (!isUnopenable(error) || !sides.includes('-wal') || !sides.includes('-journal')) throw error;
    removeFile(incoming);
    copyFileSync(file, incoming, constants.COPYFILE_EXCL); // one on a read-only disk with the mark of a log, which it has not
    chmodSync(incoming, 0o600);
  } finally {
    for (const suffix of sides) rmSync(file + suffix, { force: true });
  }
}

function isUnopenable(error: unknown): boolean {
  return /^SQLITE_(CANTOPEN|READONLY)/.test(sqliteErrorIn(error)?.code ?? '');
}

function badBackup(error: unknown, file: string): unknown {
  const translated = translateSqliteError(error, file);
  if (!(translated instanceof UserError)) return translated;
  if (translated.code === 'NOT_A_STORE') return new UserError('BAD_BACKUP', EXIT.badInput, `${file} is no backup of a rollcall store`, { hint: 'name a file that rollcall backup made', cause: error });
  if (translated.code === 'DAMAGED') return new UserError('BAD_BACKUP', EXIT.badInput, `the backup ${file} is damaged`, { hint: 'restore an earlier one; nothing was changed', cause: error });
  return translated;
}
