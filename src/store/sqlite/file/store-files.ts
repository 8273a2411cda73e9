import { hash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { EXIT, UserError } from '../../../support/errors.ts';
import { fileIdOf, placeIfKnown } from '../../../support/file-place.ts';

/** What SQLite keeps beside a store while it is open, and after a crash. */
export const SQLITE_SUFFIXES = ['-wal', '-shm', '-journal'] as const;
const COMPANION_SUFFIXES = [...SQLITE_SUFFIXES, '.lock'] as const;
/**
 * What comes and goes beside it: scans of a run, and stores and copies of them that are being made.
 */
const PASSING = /^(\.scan-|(\.(backup-(v\d+-)?|before-restore-)\w+)?\.new-)/;

export function lockPath(realPath: string): string {
  return `${realPath}.lock`;
}

/** One for each command that is told what changed. */
export function hookLockPath(realPath: string, command: string): string {
  return `${realPath}.hook-${hash('sha256', command, 'hex').slice(0, 16)}`;
}

const HOOK_LOCK = /^\.hook-[0-9a-f]{16}$/;

/** The files of the store that there are, by name. */
export function filesOfStore(realPath: string): string[] {
  const folder = dirname(realPath);
  const names = filesIn(folder).filter((name) => isNameOfStore(name, basename(realPath)));
  return names.sort().map((name) => join(folder, name));
}

/** None in a folder that cannot be listed. */
export function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** Whether a file of the store is one of those that come and go. */
export function isPassing(path: string, realPath: string): boolean {
  return PASSING.test(path.slice(realPath.length));
}

/**
 * Refuses an output, an option or stream called `what`, that would take the place of the store or
 * of a file that belongs to it, by whatever name. `UserError` (2), naming both.
 */
export function requireNotStoreFile(
  storePath: string,
  output: string | number,
  what: string,
): void {
  const file = findStoreFile(storePath, output);
  if (file === undefined) return;
  const named = typeof output === 'number' ? what : `${what} ${output}`;
  const is =
    file === placeIfKnown(storePath)
      ? `the store ${storePath}`
      : `${file}, a file of the store ${storePath}`;
  throw new UserError('SAME_FILE', EXIT.usage, `${named} is ${is}`, { hint: 'name another file' });
}

/** The file of the store that `output` is or would become; undefined when it is none of them. */
function findStoreFile(storePath: string, output: string | number): string | undefined {
  const id = fileIdOf(output);
  if (id === undefined) return undefined;
  const realPath = placeIfKnown(storePath);
  const files = [
    ...['', ...COMPANION_SUFFIXES].map((suffix) => realPath + suffix),
    ...filesOfStore(realPath),
  ];
  const same = files.find((file) => fileIdOf(file) === id);
  return same !== undefined || typeof output === 'number'
    ? same
    : findByName(realPath, placeIfKnown(output));
}

function findByName(realPath: string, place: string): string | undefined {
  const isBeside = fileIdOf(dirname(place)) === fileIdOf(dirname(realPath));
  return isBeside && isNameOfStore(basename(place), basename(realPath)) ? place : undefined;
}

function isNameOfStore(name: string, storeName: string): boolean {
  if (!name.startsWith(storeName)) return false;
  const suffix = name.slice(storeName.length);
  return (
    suffix === '' ||
    COMPANION_SUFFIXES.some((each) => each === suffix) ||
    HOOK_LOCK.test(suffix) ||
    PASSING.test(suffix)
  );
}
