import { readFileSync, statfsSync, statSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { EXIT, UserError } from '../../../support/errors.ts';
import { isWritable } from '../connection/connect.ts';
import { isRunLocked } from '../file/lock.ts';
import { type ClosedPlace, closedToOwner } from '../file/owner-reach.ts';
import { filesOfStore, isPassing, lockPath } from '../file/store-files.ts';

/** A file of the store: itself, the log and index of recent writes, the lock of runs. */
export interface StoreFile {
  readonly path: string;
  readonly role: 'store' | 'writes' | 'index' | 'lock' | 'leftover';
  readonly bytes: number;
  /** Whether others than the owner may read or write it; false where the system does not tell. */
  readonly isOpenToOthers: boolean;
}

/** What stands around the store: files, their permissions, the lock, room on the disk. */
export interface Surroundings {
  readonly files: readonly StoreFile[];
  readonly folder: {
    readonly path: string;
    readonly othersMayWrite: boolean;
    readonly isWritable: boolean;
    /** Whether it is this user's, who may change its mode then. */
    readonly isOwn: boolean;
  };
  readonly isWritable: boolean;
  /** Hard links: each has a log and a lock of its own. */
  readonly names: number;
  readonly freeBytes: number;
  /** What the store's owner cannot open, whoever looks. */
  readonly closedToOwner: readonly ClosedPlace[];
  /** `by` is who holds it, where the system tells; `problem` why the next run could not take it. */
  readonly lock: {
    readonly isHeld: boolean;
    readonly by: string | undefined;
    readonly problem?: LockProblem | undefined;
  };
}

export interface LockProblem {
  readonly message: string;
  readonly remedy: string | undefined;
}

/**
 * What stands around the store at `realPath`. `isRunRecorded`: a run has begun and not ended, so
 * that the lock's holder matters.
 */
export function surroundingsOf(realPath: string, isRunRecorded: boolean): Surroundings {
  const folder = dirname(realPath);
  const { bavail, bsize } = statfsSync(folder);
  const { mode, uid } = statSync(folder);
  const othersMayWrite = hasModes() && (mode & 0o022) !== 0 && (mode & 0o1000) === 0;
  const isOwn = [0, uid].includes(process.geteuid?.() ?? uid);
  const files = filesOf(realPath);
  return {
    files,
    folder: { path: folder, othersMayWrite, isWritable: isWritable(folder), isOwn },
    isWritable: isWritable(realPath),
    names: namesOf(realPath),
    freeBytes: bavail * bsize,
    closedToOwner: closedToOwner(
      realPath,
      files.filter(({ role }) => role !== 'leftover').map(({ path }) => path),
    ),
    lock: runLock(realPath, isRunRecorded),
  };
}

const ROLES: Readonly<Record<string, StoreFile['role']>> = {
  '': 'store',
  '-wal': 'writes',
  '-shm': 'index',
  '.lock': 'lock',
};

/** How many names the file has in its file system; 1 where that cannot be told. */
export function namesOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.nlink ?? 1;
}

function filesOf(realPath: string): StoreFile[] {
  return filesOfStore(realPath).flatMap((path) => {
    const role = isPassing(path, realPath) ? 'leftover' : ROLES[path.slice(realPath.length)];
    const found = statSync(path, { throwIfNoEntry: false }); // some come and go while we look
    if (role === undefined || found === undefined) return [];
    return [
      { path, role, bytes: found.size, isOpenToOthers: hasModes() && (found.mode & 0o077) !== 0 },
    ];
  });
}

/** Windows has no modes: what Node tells there says nothing. */
function hasModes(): boolean {
  return process.platform !== 'win32';
}

/**
 * Whether somebody holds the run lock. The kernel's list tells without touching it. Where it tells
 * nothing (another system, another container) and a run should be at work, a moment's shared lock
 * tells: it can only be in the way of a run that begins just then.
 */
function runLock(realPath: string, isRunRecorded: boolean): Surroundings['lock'] {
  const file = statSync(lockPath(realPath), { throwIfNoEntry: false, bigint: true });
  const holder = file === undefined ? undefined : holderOf(file);
  if (holder !== undefined) return { isHeld: true, by: describeProcess(holder) };
  const isAsItShouldBe = file?.isFile() === true && file.size === 0n;
  return isRunRecorded || !isAsItShouldBe ? triedLock(realPath) : { isHeld: false, by: undefined };
}

/**
 * What keeps the next run from taking the lock; a user who may only read the store has no run to
 * make.
 */
function triedLock(realPath: string): Surroundings['lock'] {
  try {
    return { isHeld: isRunLocked(realPath), by: undefined };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const isForReaders = error.exit === EXIT.noPermission && !isWritable(realPath);
    const problem = isForReaders ? undefined : { message: error.message, remedy: error.hint };
    return { isHeld: false, by: undefined, problem };
  }
}

/**
 * The process that has a write lock on the file, from lines as
 * `1: POSIX  ADVISORY  WRITE 1234 fe:01:5678 1073741824 1073742335`.
 */
function holderOf({
  dev,
  ino,
}: {
  readonly dev: bigint;
  readonly ino: bigint;
}): number | undefined {
  const device = [(dev >> 8n) & 0xfffn, (dev & 0xffn) | ((dev >> 12n) & 0xfff00n)]
    .map((part) => part.toString(16).padStart(2, '0'))
    .join(':');
  for (const line of readIfThere('/proc/locks').split('\n')) {
    const [, kind, , access, pid, place] = line.split(/\s+/);
    if (kind === 'POSIX' && access === 'WRITE' && place === `${device}:${ino}`) return Number(pid);
  }
  return undefined;
}

const MOST_OF_A_COMMAND = 100;

function describeProcess(pid: number): string {
  const words = readIfThere(`/proc/${pid}/cmdline`)
    .split('\0')
    .filter((word) => word !== '');
  const command = words
    .map((word, index) => (index < 2 ? basename(word) : word))
    .join(' ')
    .slice(0, MOST_OF_A_COMMAND);
  return command === '' ? `process ${pid}` : `process ${pid} (${command})`;
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
