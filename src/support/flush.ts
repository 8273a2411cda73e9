import { closeSync, fsyncSync, openSync } from 'node:fs';
import { dirname } from 'node:path';

/** Returns when the written data is on the disk. */
export function flushFile(path: string): void {
  sync(path, 'r+');
}

/** Makes the names in the file's folder durable, where the system can. */
export function flushFolderOf(path: string): void {
  try {
    sync(dirname(path), 'r');
  } catch {
    // Windows and some file systems cannot sync a folder
  }
}

function sync(path: string, flags: string): void {
  const file = openSync(path, flags);
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
