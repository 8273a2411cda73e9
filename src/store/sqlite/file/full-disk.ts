import { statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { EXIT, UserError } from '../../../support/errors.ts';

/** Less than SQLite writes at once: the index of a log has 32 KiB. */
const NEXT_TO_NOTHING_BYTES = 65_536;

/**
 * Whether the file system of the file's folder has no room left, or no file more: SQLite often says
 * only that it failed.
 */
export function isDiskFull(path: string): boolean {
  try {
    const { bavail, bsize, files, ffree } = statfsSync(dirname(path));
    return bavail * bsize < NEXT_TO_NOTHING_BYTES || (files > 0 && ffree === 0);
  } catch {
    return false;
  }
}

export function diskFull(path: string, cause: unknown): UserError {
  return new UserError(
    'DISK_FULL',
    EXIT.ioError,
    `the disk is full: what was being written to ${path} was taken back`,
    {
      hint: 'free some space, there and where temporary files are kept (TMPDIR), then run the command again',
      cause,
    },
  );
}
