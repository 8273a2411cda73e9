import { randomInt } from 'node:crypto';
import { realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type Sqlite from 'better-sqlite3';
import { cannotCreate } from '../../../support/cannot-write.ts';
import { EXIT, UserError } from '../../../support/errors.ts';
import { shellQuoted } from '../../../support/shell-quote.ts';
import type { BackupMade, BackupRequest } from '../../backups.ts';
import { connect, existingFile, readVersion } from '../connect.ts';
import { translateSqliteError } from '../errors.ts';
import { placeNewFile } from '../place-file.ts';
import { copyStore, draftOf, flushFolderOf, refuseExisting, removeFile, stamp, withCopy } from './copy.ts';
import { countContacts, damageOf, driftOf } from './examine.ts';
import { backupName, dropOldBackups, lineageOf } from './keep.ts';

/**
 * Copies the store at `path`, of this version or an older one, as it is at one moment; others may go on reading and
 * writing. The copy gets
 * its name when it is verified and on the disk; only then are older ones dropped. `UserError`: no such store, a
 * damaged one (69); the
 * place is none or taken (73); a full disk (74); no permission (77).
 */
export async function backupStore(path: string, request: BackupRequest): Promise<BackupMade> {
  const real = existingFile(path);
  const target = placeOf(real, path, request);
  refuseExisting(target);
  const draft = draftOf(target);
  try {
    const raw = connect(real);
    try {
      const version = readVersion(raw, path);
      await copyStore(raw, draft, request.onShare);
      const verified = await withCopy(draft, (copy) => verify(copy, raw, path, target));
      await place(draft, target);
      return { ...verified, path: target, version, bytes: statSync(target).size, dropped: drop(target, real, verified.lineage, request.keep) };
    } finally {
      raw.close();
    }
  } catch (error) {
    throw error instanceof UserError ? error : cannotCreate(target, translateSqliteError(error, path));
  } finally {
    removeFile(draft);
  }
}

/** Where the backup is to stand: a file, or one named by time in a folder. */
function placeOf(real: string, path: string, { target, keep, now }: BackupRequest): string {
  const isFolder = statSync(target, { throwIfNoEntry: false })?.isDirectory() === true;
  if (isFolder) return join(target, backupName(basename(real), stamp(now)));
  if (keep !== undefined) throw new UserError('USAGE', EXIT.usage, `--keep needs a folder, and ${target} is none`, { hint: 'name a folder that exists' });
  if (/[/\\]$/.test(target)) throw new UserError('NO_OUTPUT', EXIT.noOutput, `the folder ${target} does not exist`, { hint: 'make it, or name another place' });
  if (isBeside(target, real)) throw new UserError('USAGE', EXIT.usage, `${target} is a name that belongs to the store ${path}`, { hint: 'name another place for the backup' });
  return target;
}

/** A file that is not there yet cannot be told from the store's by its inode. */
function isBeside(target: string, real: string): boolean {
  let folder: string;
  try {
    folder = realpathSync(dirname(resolve(target)));
  } catch {
    return false; // there is no such folder, and so no place
  }
  const name = join(folder, basename(target)).toLowerCase();
  const store = real.toLowerCase();
  return ['', '-wal', '-shm', '-journal', '.lock'].some((suffix) => name === store + suffix) || name.startsWith(`${store}.scan-`) || name.startsWith(`${store}.new-`);
}

/** Makes of the copy one that its header tells from the store, and looks at all of it. */
function verify(copy: Sqlite.Database, store: Sqlite.Database, path: string, target: string): Pick<BackupMade, 'contacts' | 'warnings'> & { readonly lineage: string | undefined } {
  const damage = damageOf(copy);
  if (damage !== undefined && damageOf(store) === undefined) throw new UserError('IO_ERROR', EXIT.ioError, `the backup ${target} is not what was written: ${damage}`, { hint: 'look after that disk, or name another place' });
  if (damage !== undefined) throw damaged(path, damage);
  readVersion(copy, path);
  setOwnSchemaNumber(copy);
  return { contacts: countContacts(copy), warnings: driftOf(copy), lineage: lineageOf(copy) };
}

function damaged(path: string, damage: string): UserError {
  return new UserError('DAMAGED', EXIT.noStore, `the store ${path} is damaged, so no backup was made of it: ${damage}`, {
    hint: `earlier backups were left alone; restore the last one: rollcall restore FILE --db ${shellQuoted(path)}`,
  });
}

/**
 * Whoever copies it over a store by hand is noticed by that: file-guard.ts compares this number, and change capture
 * takes it for a change of the schema.
 */
function setOwnSchemaNumber(copy: Sqlite.Database): void {
  copy.unsafeMode(true);
  copy.pragma(`schema_version = ${randomInt(2 ** 24, 2 ** 30)}`);
  copy.unsafeMode(false);
}

async function place(draft: string, target: string): Promise<void> {
  if (!(await placeNewFile(draft, target))) refuseExisting(target);
  flushFolderOf(target);
}

function drop(target: string, real: string, lineage: string | undefined, keep: number | undefined): string[] {
  if (keep === undefined || lineage === undefined) return [];
  return dropOldBackups(dirname(target), { name: basename(real), lineage, made: basename(target), keep });
}
