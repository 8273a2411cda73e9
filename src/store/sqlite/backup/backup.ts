import { randomInt } from 'node:crypto';
import { closeSync, fsyncSync, openSync, statSync, writeSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type Sqlite from 'better-sqlite3';
import { cannotCreate } from '../../../support/cannot-write.ts';
import { EXIT, UserError } from '../../../support/errors.ts';
import { flushFolderOf } from '../../../support/flush.ts';
import { shellQuoted } from '../../../support/shell-quote.ts';
import { type BackupMade, type BackupRequest, unwatched, type Watch } from '../../backups.ts';
import { connect, existingFile, readVersion } from '../connection/connect.ts';
import { createBeside, makeDraft } from '../file/draft.ts';
import { requireTrimmedName } from '../file/driver.ts';
import { translateSqliteError } from '../connection/errors.ts';
import { requireFree, stamp } from '../file/kept-file.ts';
import { placeNewFile } from '../file/place-file.ts';
import { requireNotStoreFile } from '../file/store-files.ts';
import { copyStore, withCopy } from './copy.ts';
import { countContacts, damageOf, driftOf } from './examine.ts';
import { backupName, dropOldBackups, lineageOf } from './keep.ts';

/**
 * Copies the store at `path`, of this version or an older one, as it is at one moment; others may
 * go on reading and writing. The copy gets its name when it is verified and on the disk; only then
 * are older ones dropped. `UserError`: no such store, a damaged one (69); the place is a file of
 * the store (2), none or taken (73); a full disk (74); no permission (77).
 */
export async function backupStore(path: string, request: BackupRequest): Promise<BackupMade> {
  const real = existingFile(path);
  const target = placeOf(real, request);
  // rule: backup-own-name
  requireNotStoreFile(path, target, 'the backup');
  requirePlace(target);
  try {
    const raw = connect(real);
    try {
      const version = readVersion(raw, path);
      const { lineage, ...made } = await makeBackup(raw, {
        path,
        real,
        target,
        watch: request.watch ?? unwatched,
      });
      const dropped = drop(target, real, lineage, request.keep);
      return { ...made, path: target, version, bytes: statSync(target).size, dropped };
    } finally {
      raw.close();
    }
  } catch (error) {
    throw error instanceof UserError
      ? error
      : cannotCreate(target, translateSqliteError(error, path));
  }
}

/** Where the backup is to stand: a file, or one named by time in a folder. */
function placeOf(real: string, { target, keep, now }: BackupRequest): string {
  const isFolder = statSync(target, { throwIfNoEntry: false })?.isDirectory() === true;
  if (isFolder) return join(target, backupName(basename(real), stamp(now)));
  requireTrimmedName(target); // nobody could restore it
  if (keep !== undefined) {
    const message = `--keep needs a folder, and ${target} is none`;
    throw new UserError('USAGE', EXIT.usage, message, { hint: 'name a folder that exists' });
  }
  if (/[/\\]$/.test(target)) {
    const message = `the folder ${target} does not exist`;
    throw new UserError('NO_OUTPUT', EXIT.noOutput, message, {
      hint: 'make it, or name another place',
    });
  }
  return target;
}

function requirePlace(target: string): void {
  requireFree(target, 'move that file away, or name a folder or another file');
}

interface Making {
  readonly path: string;
  readonly real: string;
  readonly target: string;
  readonly watch: Watch;
}

async function makeBackup(
  raw: Sqlite.Database,
  { path, real, target, watch }: Making,
): Promise<Verified> {
  const draft = makeDraft(target);
  try {
    // rule: backup-private
    createBeside(draft.path, real);
    await watch('copying', async (onShare) => copyStore(raw, draft.path, onShare));
    const checked = async (): Promise<Verified> =>
      withCopy(draft.path, (copy) => verify(copy, raw, path, target));
    const verified = await watch('verifying', checked);
    // rule: backup-counter
    resetChangeCounter(draft.path);
    if (!(await placeNewFile(draft.path, target))) requirePlace(target);
    flushFolderOf(target);
    return verified;
  } finally {
    draft.remove();
  }
}

type Verified = Pick<BackupMade, 'contacts' | 'warnings'> & {
  readonly lineage: string | undefined;
};

/** Makes of the copy one that its header tells from the store, and looks at all of it. */
function verify(
  copy: Sqlite.Database,
  store: Sqlite.Database,
  path: string,
  target: string,
): Verified {
  const damage = damageOf(copy);
  if (damage !== undefined)
    throw damageOf(store) === undefined ? miswritten(target, damage) : damaged(path, damage);
  readVersion(copy, path);
  setOwnSchemaNumber(copy);
  return { contacts: countContacts(copy), warnings: driftOf(copy), lineage: lineageOf(copy) };
}

function miswritten(target: string, damage: string): UserError {
  const hint = 'look after that disk, or name another place';
  return new UserError(
    'IO_ERROR',
    EXIT.ioError,
    `the backup ${target} is not what was written: ${damage}`,
    { hint },
  );
}

function damaged(path: string, damage: string): UserError {
  const restore = `rollcall restore FILE --db ${shellQuoted(path)}`;
  const message = `the store ${path} is damaged, so no backup was made of it: ${damage}`;
  const hint = `earlier backups were left alone; restore the last one: ${restore}`;
  return new UserError('DAMAGED', EXIT.noStore, message, { hint });
}

/** Change capture takes whoever copies it over a store by hand for a change of the schema. */
function setOwnSchemaNumber(copy: Sqlite.Database): void {
  copy.unsafeMode(true);
  copy.pragma(`schema_version = ${randomInt(2 ** 24, 2 ** 30)}`);
  copy.unsafeMode(false);
}

/**
 * SQLite only counts up: a store whose counter is lower than it was has been written over by hand,
 * which file-guard.ts notices by that. SQLite believes the size in the header as long as both
 * places say the same: https://sqlite.org/fileformat2.html#file_change_counter
 */
function resetChangeCounter(path: string): void {
  const file = openSync(path, 'r+');
  try {
    for (const at of [24, 92]) writeSync(file, Buffer.alloc(4), 0, 4, at);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function drop(
  target: string,
  real: string,
  lineage: string | undefined,
  keep: number | undefined,
): string[] {
  if (keep === undefined || lineage === undefined) return [];
  return dropOldBackups(dirname(target), {
    name: basename(real),
    lineage,
    made: basename(target),
    keep,
  });
}
