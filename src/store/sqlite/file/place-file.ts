import { linkSync, lstatSync, renameSync } from 'node:fs';
import { EXIT, UserError } from '../../../support/errors.ts';
import { takeRunLock } from './lock.ts';

/**
 * What systems say whose files cannot have two names: FAT and exFAT, some network and container
 * file systems.
 */
const WITHOUT_LINKS = new Set(['EPERM', 'EOPNOTSUPP', 'ENOTSUP', 'ENOSYS', 'EMLINK']);
const WAIT_MS = 10_000;

/**
 * Gives the finished file `draft` the name `path` in one step, and says whether it did: what stands
 * there already is left alone. The draft may or may not keep its old name.
 */
export async function placeNewFile(draft: string, path: string): Promise<boolean> {
  const isPlaced = linkNewFile(draft, path);
  if (isPlaced !== undefined) return isPlaced;
  const lock = takeRunLock(path, WAIT_MS);
  if (lock === undefined)
    throw new UserError('LOCKED', EXIT.locked, `another command is making ${path}`, {
      hint: 'try again when it is done',
    });
  try {
    return renameNewFile(draft, path);
  } finally {
    await lock.release();
  }
}

/** As `placeNewFile`, for who holds the run lock already. */
export function placeUnderLock(draft: string, path: string): boolean {
  return linkNewFile(draft, path) ?? renameNewFile(draft, path);
}

/** Undefined where files cannot have two names. */
function linkNewFile(draft: string, path: string): boolean | undefined {
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return false;
    if (!WITHOUT_LINKS.has(code)) throw error;
    return undefined;
  }
}

/**
 * A rename takes the place of whatever stands there: nobody else may put something there between
 * the look and the rename.
 */
function renameNewFile(draft: string, path: string): boolean {
  if (lstatSync(path, { throwIfNoEntry: false }) !== undefined) return false;
  renameSync(draft, path);
  return true;
}
