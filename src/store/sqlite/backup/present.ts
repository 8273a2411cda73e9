import { linkSync, lstatSync, renameSync, rmSync, statSync } from 'node:fs';
import type Sqlite from 'better-sqlite3';
import { UserError } from '../../../support/errors.ts';
import { flushFolderOf } from '../../../support/flush.ts';
import { connect, readVersion } from '../connection/connect.ts';
import { sqliteErrorIn } from '../connection/errors.ts';

/** What stands where a backup is to be put. */
export type Present =
  | { readonly kind: 'missing' }
  /** It cannot be opened, for this reason, or not be written. */
  | { readonly kind: 'damaged'; readonly why: string }
  /** To be closed by who asked. */
  | { readonly kind: 'open'; readonly raw: Sqlite.Database };

/**
 * `UserError`: another program's database, a newer rollcall's store (69), another writer (75), no
 * permission (77).
 */
export function openPresent(real: string, path: string): Present {
  if (statSync(real, { throwIfNoEntry: false }) === undefined) return { kind: 'missing' };
  try {
    const raw = connect(real);
    try {
      readVersion(raw, path);
      raw.exec('begin immediate; rollback'); // says what is in the way
      // so that readers go on while it is written
      if (raw.pragma('journal_mode', { simple: true }) !== 'wal') raw.pragma('journal_mode = wal');
      raw.prepare('select count(*) from sqlite_schema').get();
      return { kind: 'open', raw };
    } catch (error) {
      raw.close();
      throw error;
    }
  } catch (error) {
    const why = damageIn(error);
    if (why === undefined) throw error;
    return { kind: 'damaged', why };
  }
}

function damageIn(error: unknown): string | undefined {
  if (error instanceof UserError) return undefined;
  const found = sqliteErrorIn(error);
  const isDamage = /^SQLITE_(CORRUPT|NOTADB|IOERR_SHORT_READ)/.test(found?.code ?? '');
  return isDamage ? found?.message : undefined;
}

/**
 * Puts a finished file in the place of a store that cannot be written to any more, which is kept
 * under another name with its log. Where there is no log this is one step; where there is one, the
 * store is missing for a moment, and for good if we are killed just then: the next restore goes on.
 * Never does a store stand beside the log of another.
 */
export function exchangeFiles(incoming: string, real: string, kept: string): void {
  const stands = (suffix: string): boolean =>
    lstatSync(real + suffix, { throwIfNoEntry: false }) !== undefined;
  const logs = ['-wal', '-journal'].filter(stands);
  if (stands('') && logs.length === 0) linkOrRename(real, kept);
  else if (stands('')) renameSync(real, kept);
  for (const suffix of logs) renameSync(real + suffix, kept + suffix);
  rmSync(`${real}-shm`, { force: true });
  flushFolderOf(real);
  renameSync(incoming, real);
  flushFolderOf(real);
}

function linkOrRename(real: string, kept: string): void {
  try {
    linkSync(real, kept);
  } catch {
    renameSync(real, kept); // a file system on which a file has one name
  }
}
