import { closeSync, fchmodSync, openSync } from 'node:fs';

/**
 * Makes an empty file that only its owner can read, whatever the umask. Throws the system's EEXIST
 * where anything has that name, a link that leads nowhere too: nothing is ever opened that somebody
 * else put there. `prepare` may give it to another owner, and tell another mode.
 */
export function createNewFile(path: string, prepare?: (file: number) => number | undefined): void {
  const file = openSync(path, 'wx', 0o600);
  try {
    fchmodSync(file, prepare?.(file) ?? 0o600);
  } finally {
    closeSync(file);
  }
}
