import { lstatSync, statSync } from 'node:fs';
import { EXIT, UserError } from '../../../support/errors.ts';
import { kindOf } from './companions.ts';

/*
 * Copies of a store that are kept: named by time, and never in the place of another file.
 */

/** `20260301T093000Z`, for a name. */
export function stamp(now: number): string {
  return new Date(now).toISOString().replace(/[-:]|\.\d+/g, '');
}

/** `UserError` (73): something has that name, and be it a link that leads nowhere. */
export function requireFree(
  path: string,
  hint = 'move that file away, or try again in a second',
): void {
  if (lstatSync(path, { throwIfNoEntry: false }) === undefined) return;
  const found = statSync(path, { bigint: true, throwIfNoEntry: false });
  if (found?.isFile() === false) {
    const message = `${path} is ${kindOf(found)}, where the backup is to be a file of its own`;
    throw new UserError('NO_OUTPUT', EXIT.noOutput, message, {
      hint: 'name a file that does not exist',
    });
  }
  throw new UserError(
    'BACKUP_EXISTS',
    EXIT.noOutput,
    `the backup would take the place of ${path}`,
    { hint },
  );
}
