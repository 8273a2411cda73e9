import { accessSync, type BigIntStats, constants, existsSync, lstatSync, statSync } from 'node:fs';
import { EXIT, UserError } from '../../../support/errors.ts';
import { placeIfKnown } from '../../../support/file-place.ts';
import { shellQuoted } from '../../../support/shell-quote.ts';
import { SQLITE_SUFFIXES } from './store-files.ts';

/**
 * Refuses to open a store beside which something stands that SQLite must not open: a pipe, where it
 * would wait for ever, or a log of somebody who may not write the store, which would be played over
 * it. `UserError` (69, 77).
 */
export function requireSoundCompanions(realPath: string): void {
  for (const suffix of SQLITE_SUFFIXES) {
    findSoundFile(
      realPath,
      realPath + suffix,
      `where the store ${realPath} keeps a file of its own`,
    );
  }
}

/**
 * Whether there is such a file of the store. `UserError`: it is no file (69), or a stranger's (77).
 */
export function findSoundFile(realPath: string, path: string, notAFile: string): boolean {
  const found = lstatSync(path, { bigint: true, throwIfNoEntry: false });
  if (found === undefined) return false;
  if (!found.isFile()) {
    const hint = `move it away: mv ${shellQuoted(path)} /somewhere/else`;
    throw new UserError('NOT_A_FILE', EXIT.noStore, `${path} is ${kindOf(found)}, ${notAFile}`, {
      hint,
    });
  }
  const store = statSync(realPath, { bigint: true, throwIfNoEntry: false });
  if (store !== undefined && isStrange(found, store)) throw strangeFile(path, realPath, found.uid);
  return true;
}

/** Whether the owner of the file is nobody who could have written into the store. */
function isStrange(file: BigIntStats, store: BigIntStats): boolean {
  const self = BigInt(process.geteuid?.() ?? 0);
  return ![store.uid, self, 0n].includes(file.uid) && (store.mode & 0o022n) === 0n;
}

function strangeFile(path: string, realPath: string, uid: bigint): UserError {
  const message = `${path} belongs to another user (${uid}) than the store ${realPath}: it is not opened`;
  const hint = `if it belongs to the store: ${chownLike(realPath, path)}; if not, move it away`;
  return new UserError('STRANGE_FILE', EXIT.noPermission, message, { hint });
}

/** `a pipe` */
export function kindOf(found: BigIntStats): string {
  if (found.isDirectory()) return 'a folder';
  if (found.isSymbolicLink()) return 'a link';
  if (found.isFIFO()) return 'a pipe';
  return found.isSocket() ? 'a socket' : 'a device';
}

/**
 * Before a new store is made: what an earlier one left, or somebody put there, would be taken for
 * its own. `UserError` (73).
 */
export function requireNoCompanions(path: string): void {
  const isThere = (file: string): boolean =>
    lstatSync(file, { throwIfNoEntry: false }) !== undefined;
  const [left] = SQLITE_SUFFIXES.map((suffix) => path + suffix).filter(isThere);
  if (left === undefined) return;
  const why = 'another store left it, or somebody put it there';
  const message = `${left} stands where the new store would keep a file: ${why}`;
  const hint =
    `if its store was moved, bring that back beside it; else put a backup there ` +
    `(rollcall restore FILE --db ${shellQuoted(path)}) or move it away: mv ${shellQuoted(left)} /somewhere/else`;
  throw new UserError('LEFT_OVER', EXIT.noOutput, message, { hint });
}

/**
 * A file that SQLite keeps beside the store at `path` and that this user may not use, who may use
 * the store itself.
 */
export function findClosedCompanion(path: string): string | undefined {
  const store = placeIfKnown(path);
  const needs = mayUse(store) ? constants.R_OK | constants.W_OK : constants.R_OK;
  return SQLITE_SUFFIXES.map((suffix) => store + suffix).find(
    (file) => existsSync(file) && !mayUse(file, needs),
  );
}

/**
 * Whether this process may do with the file what it needs: read and write it, if nothing else is
 * said.
 */
export function mayUse(path: string, needs: number = constants.R_OK | constants.W_OK): boolean {
  try {
    accessSync(path, needs);
    return true;
  } catch {
    return false;
  }
}

/** `chown 1000:1000 crm.db.lock`: as the store itself. */
export function chownLike(realPath: string, file: string): string {
  const { uid, gid } = statSync(realPath);
  return `chown ${uid}:${gid} ${shellQuoted(file)}`;
}
