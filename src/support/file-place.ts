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
 * Where a file of this name is, or would be made: links are followed, one that leads nowhere yet
 * too. Devices and pipes stay as named.
 */
export function placeOf(path: string): string {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found !== undefined) return found.isFile() ? realPathOf(path) : path;
  return isLink(path) ? placeOf(targetOf(path)) : path;
}

/** The same, or the path itself where that cannot be found out. */
export function placeIfKnown(path: string): string {
  try {
    return placeOf(path);
  } catch {
    return path;
  }
}

/**
 * What a path or an open file is, whatever it is called: device and inode; of what is not there
 * yet, those of its folder, and its name. Two paths with one id are one file. Undefined for what
 * cannot be looked at.
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
 * The id of an open file; undefined for a pipe, a terminal or a device, which stay what they are
 * when somebody writes to them.
 */
export function regularFileIdOf(file: number | undefined): string | undefined {
  try {
    return file !== undefined && fstatSync(file).isFile() ? fileIdOf(file) : undefined;
  } catch {
    return undefined;
  }
}

/** As many links as systems follow before they take them for a circle. */
const MOST_LINKS = 40;

/**
 * Which open file of this process a path is about, whatever links lead to it: 3 for `/dev/fd/3`, 1
 * for `/dev/stdout`; undefined for a path that names a file. What stands behind it is open in
 * somebody's name, who writes to it before and after us, so that nothing may take its place.
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
    // what cannot be looked at is told by who opens it
  }
  return undefined;
}

/**
 * macOS has `/dev/fd` alone; on Linux that is a link to `/proc/self/fd`, and each thread has one
 * more name for it.
 */
function holdsOwnDescriptors(folder: string): boolean {
  if (folder === '/dev/fd') return true;
  if (!folder.startsWith('/proc/') || !folder.endsWith('/fd')) return false;
  const own = realpathSync('/proc/self');
  return folder === `${own}/fd` || folder.startsWith(`${own}/task/`);
}

/**
 * Where everybody may make links, only those are followed that are our own or the owner's of the
 * folder: another one may lead to any file of ours. Systems have this rule too, but not all of
 * them, and not for who follows links by himself. `UserError` (77).
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

/** Not tidied up: behind a link, `..` is not the folder that the path says. */
function targetOf(link: string): string {
  const target = readlinkSync(link);
  return target.startsWith('/') ? target : `${realpathSync(dirname(link))}/${target}`;
}

/** A file that is open and has no name any more has no real path. */
function realPathOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
