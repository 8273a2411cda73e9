import { closeSync, fchmodSync, openSync } from 'node:fs';

/**
 * Creates an empty file that only its owner can read, whatever the umask. Throws the system's
 * EEXIST if the name exists, even as a link that leads nowhere: a file that somebody else put there
 * is never opened. `prepare` may change the owner and return another mode.
 */
export function createNewFile(path: string, prepare?: (file: number) => number | undefined): void {
  const file = openSync(path, 'wx', 0o600);
  try {
    fchmodSync(file, prepare?.(file) ?? 0o600);
  } finally {
    closeSync(file);
  }
}
