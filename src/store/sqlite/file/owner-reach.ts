import { execFileSync } from 'node:child_process';
import { accessSync, constants, type Stats, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { shellQuoted } from '../../../support/shell-quote.ts';

/** A file or folder, and the command line that opens it. */
export interface ClosedPlace {
  readonly path: string;
  readonly remedy: string;
}

const { R_OK, W_OK, X_OK } = constants;

/** Who owns the store, and the groups they are in. */
interface Owner {
  readonly uid: number;
  readonly gid: number;
  readonly groups: readonly number[];
}

/**
 * What the store's owner cannot open of the store at `realPath`, the `files` beside it and its
 * folders: whoever looks, it is the owner's cron that stops. The system is asked where we are the
 * owner; else the modes tell.
 */
export function closedToOwner(realPath: string, files: readonly string[]): ClosedPlace[] {
  const { uid, gid } = statSync(realPath);
  if (process.platform === 'win32' || uid === 0) return [];
  const owner = { uid, gid, groups: groupsOf(uid) ?? [gid] };
  const folder = dirname(realPath);
  const closed = [
    ...files.filter((file) => isClosed(file, R_OK | W_OK, owner)),
    ...(isClosed(folder, W_OK | X_OK, owner) ? [folder] : []),
  ];
  const above = foldersAbove(folder).filter((each) => isClosed(each, X_OK, owner));
  return [
    ...closed.map((path) => ({
      path,
      remedy: remedyOf(path, owner, path === folder ? 'u+rwx' : 'u+rw'),
    })),
    ...above.map((path) => ({ path, remedy: `chmod o+x ${shellQuoted(path)}` })),
  ];
}

function isClosed(path: string, needs: number, owner: Owner): boolean {
  if (process.geteuid?.() === owner.uid) return !isAccessible(path, needs);
  const found = statSync(path, { throwIfNoEntry: false });
  return found !== undefined && (permissionsOf(found, owner) & needs) !== needs;
}

/** The three bits of a mode that count for the owner, as the system picks them. */
function permissionsOf({ uid, gid, mode }: Stats, owner: Owner): number {
  if (uid === owner.uid) return (mode >> 6) & 7;
  return owner.groups.includes(gid) ? (mode >> 3) & 7 : mode & 7;
}

function isAccessible(path: string, needs: number): boolean {
  try {
    accessSync(path, needs);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT'; // gone meanwhile
  }
}

/** Undefined where nobody has that id, or the system has no such command. */
function groupsOf(uid: number): number[] | undefined {
  try {
    return execFileSync('id', ['-G', String(uid)], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    })
      .trim()
      .split(' ')
      .map(Number);
  } catch {
    return undefined;
  }
}

function remedyOf(path: string, { uid, gid }: Owner, mode: string): string {
  return statSync(path).uid === uid
    ? `chmod ${mode} ${shellQuoted(path)}`
    : `chown ${uid}:${gid} ${shellQuoted(path)}`;
}

function foldersAbove(folder: string): string[] {
  const above = dirname(folder);
  return above === folder ? [] : [...foldersAbove(above), above];
}
