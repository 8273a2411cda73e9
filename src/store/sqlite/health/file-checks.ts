import { shellQuoted } from '../../../support/shell-quote.ts';
import { counted } from '../../../support/text.ts';
import { finding, type Finding } from '../../finding.ts';
import type { StoreCheck } from '../../health.ts';
import type { Surroundings } from './surroundings.ts';

const MIB = 2 ** 20;
const MUCH_WRITTEN_BYTES = 64 * MIB;
const TOO_MUCH_WRITTEN_BYTES = 1024 * MIB;
/** Below this share of the store's size there is no room left for an update to work in. */
const LEAST_FREE_SHARE = 0.1;

/** What stands around the store: its files, its folder, its lock, its disk. */
export function fileChecks(surroundings: Surroundings): readonly StoreCheck[] {
  return QUESTIONS.map(({ id, title, find }) => ({
    id,
    title,
    find: async () => find(surroundings),
  }));
}

interface Question {
  readonly id: string;
  readonly title: string;
  readonly find: (surroundings: Surroundings) => readonly Finding[];
}

const QUESTIONS: readonly Question[] = [
  {
    id: 'permissions',
    title: 'nobody but its owner can read the store',
    find: (surroundings) => [...openFiles(surroundings), ...openFolder(surroundings)],
  },
  {
    id: 'writable',
    title: 'this user and its owner can write the store and its folder',
    find: (surroundings) => [...refusedPlaces(surroundings), ...closedPlaces(surroundings)],
  },
  { id: 'names', title: 'the store has one name', find: otherNames },
  { id: 'recent-writes', title: 'the log of recent writes is short', find: longLog },
  { id: 'disk', title: 'there is room on the disk', find: littleRoom },
  { id: 'leftovers', title: 'no run has left files behind', find: leftovers },
  { id: 'lock', title: 'no run is at work', find: describeLock },
];

/**
 * The files of recent writes take their mode from the store when they are made, and are gone when
 * nobody has it open.
 */
function openFiles({ files }: Surroundings): Finding[] {
  const isStoreOpen = files.some((file) => file.role === 'store' && file.isOpenToOthers);
  const open = files
    .filter(
      ({ isOpenToOthers, role }) =>
        isOpenToOthers && !(isStoreOpen && (role === 'writes' || role === 'index')),
    )
    .map((file) => file.path);
  if (open.length === 0) return [];
  return [
    finding('warning', `others may read or write ${open.join(', ')}`, {
      count: open.length,
      hint: `chmod go= ${open.map(shellQuoted).join(' ')}`,
    }),
  ];
}

function openFolder({ folder }: Surroundings): Finding[] {
  if (!folder.othersMayWrite) return [];
  return [
    finding('warning', `others may replace the files in ${folder.path}`, {
      hint: `chmod go-w ${shellQuoted(folder.path)}`,
    }),
  ];
}

function refusedPlaces({ isWritable, folder }: Surroundings): Finding[] {
  if (!isWritable)
    return [
      finding('note', 'this user may only read the store', {
        hint: 'run what changes it as its owner',
      }),
    ];
  if (folder.isWritable) return [];
  const hint = folder.isOwn
    ? `chmod u+w ${shellQuoted(folder.path)}`
    : `run what changes the store as the owner of ${folder.path}`;
  const problem = `this user cannot write in ${folder.path}, where the lock and the log of recent writes stand`;
  return [finding('warning', problem, { hint })];
}

/**
 * SQLite puts the log beside the name by which the store was opened: whoever opens it by another
 * does not see what is in there.
 */
function otherNames({ names, folder, files }: Surroundings): Finding[] {
  if (names < 2) return [];
  const path = files.find(({ role }) => role === 'store')?.path ?? folder.path;
  const message =
    `the store has ${names} names (hard links), and under each a log and a lock of its own: ` +
    'what is written under one is lost under another';
  const disk = `"$(df -P ${shellQuoted(path)} | awk 'END { print $NF }')"`;
  const hint = `remove the others; this finds those on its disk: find ${disk} -xdev -samefile ${shellQuoted(path)}`;
  return [finding('warning', message, { count: names - 1, hint })];
}

/**
 * A command that another user ran may have left them so; it is the owner's next run that stops
 * there.
 */
function closedPlaces({ closedToOwner }: Surroundings): Finding[] {
  const describe = (path: string): string => `the owner of the store cannot open ${path}`;
  return closedToOwner.map(({ path, remedy }) =>
    finding('error', describe(path), { hint: remedy }),
  );
}

function describeLock({ lock: { isHeld, by, problem } }: Surroundings): Finding[] {
  if (problem !== undefined) return [finding('error', problem.message, { hint: problem.remedy })];
  return isHeld ? [finding('note', `a run is at work${by === undefined ? '' : `: ${by}`}`)] : [];
}

function sizeOf({ files }: Surroundings, role: 'store' | 'writes'): number {
  return files.find((file) => file.role === role)?.bytes ?? 0;
}

function longLog(surroundings: Surroundings): Finding[] {
  const bytes = sizeOf(surroundings, 'writes');
  if (bytes < MUCH_WRITTEN_BYTES) return [];
  const isTooLong = bytes >= TOO_MUCH_WRITTEN_BYTES && bytes > sizeOf(surroundings, 'store');
  const hint =
    'it is written back when a command ends and no other has the store open: end those that read it for long';
  return [
    finding(isTooLong ? 'warning' : 'note', `the log of recent writes has ${inMib(bytes)}`, {
      hint,
    }),
  ];
}

function littleRoom(surroundings: Surroundings): Finding[] {
  const bytes = sizeOf(surroundings, 'store') + sizeOf(surroundings, 'writes');
  const { freeBytes } = surroundings;
  if (freeBytes >= bytes) return [];
  const hint = `free some room on the disk of ${surroundings.folder.path}`;
  const message = `${inMib(freeBytes)} are free, and the store has ${inMib(bytes)}`;
  if (freeBytes < bytes * LEAST_FREE_SHARE)
    return [finding('warning', `${message}: updates may fail`, { hint })];
  return [finding('note', `${message}: no backup would fit`, { hint })];
}

/** A run at work needs its files. */
function leftovers({ files, lock }: Surroundings): Finding[] {
  const left = files.filter((file) => file.role === 'leftover').map((file) => file.path);
  if (left.length === 0 || lock.isHeld) return [];
  const message = `${counted(left.length, 'file')} of a process that was killed: ${left.join(', ')}`;
  return [
    finding('note', message, {
      count: left.length,
      hint: `rm -r ${left.map(shellQuoted).join(' ')}`,
    }),
  ];
}

function inMib(bytes: number): string {
  return `${(bytes / MIB).toLocaleString('en-US', { maximumFractionDigits: 1 })} MiB`;
}
