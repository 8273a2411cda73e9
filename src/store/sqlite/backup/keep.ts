import { closeSync, constants, openSync, readdirSync, readSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type Sqlite from 'better-sqlite3';
import { APPLICATION_ID } from '../connection/connect.ts';
import { openDatabase } from '../file/driver.ts';

const HEADER_BYTES = 100;

/**
 * Which store a file is a life or a backup of; undefined where that cannot be told. See life.ts.
 */
export function lineageOf(raw: Sqlite.Database): string | undefined {
  return raw.prepare<[], string>('select substr(timeline, 1, 16) from capture').pluck().get();
}

interface Kept {
  /** Of the store. */
  readonly name: string;
  readonly lineage: string;
  /** The newest backup's name. */
  readonly made: string;
  readonly keep: number;
}

/**
 * Removes the oldest backups of this store in a folder, so that `keep` are left with the newest
 * one. Files that are called otherwise, backups of other stores, links, and what cannot be read
 * stay. Gives the paths of those removed.
 */
export function dropOldBackups(folder: string, { name, lineage, made, keep }: Kept): string[] {
  const others = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== made && isBackupName(entry.name, name))
    .map((entry) => entry.name)
    .sort()
    .filter((file) => isBackupOf(join(folder, file), lineage));
  const dropped = others
    .slice(0, Math.max(0, others.length - (keep - 1)))
    .map((file) => join(folder, file));
  for (const path of dropped) rmSync(path, { force: true });
  return dropped;
}

/** `crm.db.backup-20260301T093000Z` */
export function backupName(store: string, stamp: string): string {
  return `${store}.backup-${stamp}`;
}

function isBackupName(file: string, store: string): boolean {
  return (
    file.startsWith(`${store}.backup-`) &&
    /^\d{8}T\d{6}Z$/.test(file.slice(`${store}.backup-`.length))
  );
}

function isBackupOf(path: string, lineage: string): boolean {
  try {
    if (!isLeftAlone(path)) return false;
    const raw = openDatabase(path, { readonly: true, fileMustExist: true });
    try {
      return lineageOf(raw) === lineage;
    } finally {
      raw.close();
    }
  } catch {
    return false;
  }
}

/**
 * Whether it is a rollcall store that nobody has opened to work on it since `backup` made it: then
 * it has no log.
 */
function isLeftAlone(path: string): boolean {
  const file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    const header = Buffer.alloc(HEADER_BYTES);
    const isWhole = readSync(file, header, 0, HEADER_BYTES, 0) === HEADER_BYTES;
    return isWhole && header[18] === 1 && header.readUInt32BE(68) === APPLICATION_ID;
  } finally {
    closeSync(file);
  }
}
