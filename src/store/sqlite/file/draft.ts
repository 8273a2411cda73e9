import { fchownSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createNewFile } from '../../../support/new-file.ts';

/** A file that is being made, in a folder of its own. */
export interface Draft {
  readonly path: string;
  /** Removes the folder with all that is left in it. */
  readonly remove: () => void;
}

/**
 * A place for a file that is to become `path`, in a new folder beside it that nobody else can
 * enter: SQLite opens by name, so that only there nobody can put something in its way. Its own name
 * is short: SQLite takes 512 bytes of path.
 */
export function makeDraft(path: string): Draft {
  const folder = mkdtempSync(`${path}.new-`);
  return {
    path: join(folder, 'draft'),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/**
 * Makes an empty file for the store at `realPath`, if there is one, and gives it to the store's
 * owner: where root works, the owner must be able to go on afterwards. `asOpen`: with the store's
 * mode too, as SQLite does for its log.
 */
export function createBeside(path: string, realPath: string, { asOpen = false } = {}): void {
  const store = statSync(realPath, { throwIfNoEntry: false });
  createNewFile(path, (file) => {
    if (store === undefined) return undefined;
    giveTo(file, store);
    return asOpen ? store.mode & 0o666 : undefined;
  });
}

/**
 * A file system without owners, or a group that is not ours, leaves it as it is: readable for us
 * alone.
 */
function giveTo(file: number, { uid, gid }: { readonly uid: number; readonly gid: number }): void {
  const self = process.geteuid?.();
  try {
    fchownSync(file, self === undefined || self === 0 ? uid : self, gid);
  } catch {
    // nothing was promised
  }
}
