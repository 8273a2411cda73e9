import {
  type BigIntStats,
  fstatSync,
  lstatSync,
  readlinkSync,
  realpathSync,
  statSync,
} from 'node:fs';
import { basename, dirname } from 'node:path';
import { EXIT, UserError } from './errors.ts';

/**
 * Where a file of this name is or would be created. Links are followed, including those whose
 * target does not exist yet. Devices and pipes keep their name.
 */
export function placeOf(path: string): string {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found !== undefined) return found.isFile() ? realPathOf(path) : path;
  return isLink(path) ? placeOf(targetOf(path)) : path;
}

/** The same, or the path itself if that cannot be determined. */
export function placeIfKnown(path: string): string {
  try {
    return placeOf(path);
  } catch {
    return path;
  }
}

/**
 * An id of a path or an open file that is the same under all its names: device and inode, or for a
 * file that does not exist yet those of its folder, and its name. Undefined if it cannot be looked
 * at.
 */
export function fileIdOf(file: string | number): string | undefined {
  try {
    if (typeof file === 'number') return idOf(fstatSync(file, { bigint: true }));
    const found = statSync(file, { bigint: true, throwIfNoEntry: false });
    if (found !== undefined) return idOf(found);
    const place = placeOf(file);
    return `${idOf(statSync(dirname(place), { bigint: true }))}/${basename(place)}`;
  } catch {
    return undefined;
  }
}

/**
 * The id of an open regular file; undefined for a pipe, a terminal or a device, which writing does
 * not change.
 */
export function regularFileIdOf(file: number | undefined): string | undefined {
  try {
    return file !== undefined && fstatSync(file).isFile() ? fileIdOf(file) : undefined;
  } catch {
    return undefined;
  }
}

/** The number of links after which systems report a loop. */
const MOST_LINKS = 40;

/**
 * The open file of this process that a path names, through any links: 3 for `/dev/fd/3`, 1 for
 * `/dev/stdout`; undefined for a path that names a file. Such a file was opened by somebody who may
 * write to it before and after us, so it must not be replaced.
 */
export function descriptorOf(path: string): number | undefined {
  try {
    let at = path;
    for (let links = 0; links < MOST_LINKS; links += 1) {
      const name = basename(at);
      if (/^\d+$/.test(name) && holdsOwnDescriptors(realpathSync(dirname(at)))) return Number(name);
      if (!isLink(at)) return undefined;
      at = targetOf(at);
    }
  } catch {
    // whoever opens the file reports the error
  }
  return undefined;
}

/**
 * Whether a folder lists this process's descriptors. macOS has only `/dev/fd`; on Linux that is a
 * link to `/proc/self/fd`, and each thread has one more name for it.
 */
function holdsOwnDescriptors(folder: string): boolean {
  if (folder === '/dev/fd') return true;
  if (!folder.startsWith('/proc/') || !folder.endsWith('/fd')) return false;
  const own = realpathSync('/proc/self');
  return folder === `${own}/fd` || folder.startsWith(`${own}/task/`);
}

/**
 * In a folder where everybody may create links, follows only our own and those of the folder's
 * owner: another link may lead to any file of ours. Some systems enforce this rule, but not all,
 * and not for a program that resolves links itself. `UserError` (77).
 */
export function requireOwnLinks(path: string): void {
  if (!isLink(path)) return;
  const folder = statSync(dirname(path));
  const trusted = [process.geteuid?.() ?? 0, folder.uid];
  if ((folder.mode & 0o002) !== 0 && !trusted.includes(lstatSync(path).uid)) {
    throw new UserError(
      'STRANGE_FILE',
      EXIT.noPermission,
      `${path} is a link that another user made: it is not followed`,
      { hint: 'name another place' },
    );
  }
  requireOwnLinks(targetOf(path));
}

function idOf({ dev, ino }: BigIntStats): string {
  return `${dev}:${ino}`;
}

function isLink(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true;
}

/** The path is not normalised: after a link, `..` is not the folder that the path shows. */
function targetOf(link: string): string {
  const target = readlinkSync(link);
  return target.startsWith('/') ? target : `${realpathSync(dirname(link))}/${target}`;
}

/** The real path; an open file that was deleted has none. */
function realPathOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
