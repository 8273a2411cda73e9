import { linkSync, lstatSync, renameSync } from 'node:fs';
import { EXIT, UserError } from '../../support/errors.ts';
import { takeRunLock } from './lock.ts';

/** What systems say whose files cannot have two names: FAT and exFAT, some network and container file systems. */
const WITHOUT_LINKS = new Set(['EPERM', 'EOPNOTSUPP', 'ENOTSUP', 'ENOSYS', 'EMLINK']);
const WAIT_MS = 10_000;

/**
 * Gives the finished file `draft` the name `path` in one step, and says whether it did: what stands there already is left alone.
 * The draft may or may not keep its old name.
 */
export async function placeNewFile(draft: string, path: string): Promise<boolean> {
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return false;
    if (!WITHOUT_LINKS.has(code)) throw error;
    return renameOneAtATime(draft, path);
  }
}

/** A rename takes the place of whatever stands there: nobody else may put something there between the look and the rename. */
async function renameOneAtATime(draft: string, path: string): Promise<boolean> {
  const lock = takeRunLock(path, WAIT_MS);
  if (lock === undefined) throw new UserError('LOCKED', EXIT.locked, `another command is making ${path}`, { hint: 'try again when it is done' });
  try {
    if (lstatSync(path, { throwIfNoEntry: false }) !== undefined) return false;
    renameSync(draft, path);
    return true;
  } finally {
    await lock.release();
  }
}
