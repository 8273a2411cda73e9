import { type BigIntStats, readFileSync, statSync } from 'node:fs';

/** A larger store is not read into memory. */
const LARGEST_BYTES = 1_073_741_824n;
/** Where the header says how the file is read and written: 2 with a log, 1 without. */
const VERSIONS_AT = 18;

export type WholeFile = { readonly bytes: Buffer } | { readonly why: string };

/**
 * A store that nobody has open, as it stands in its file: for folders in which SQLite cannot make
 * the files that it needs to read beside writers. Says why not where there is a log, whose changes
 * would be missed, where somebody wrote meanwhile, or where the file is too large.
 */
export function readWholeFile(realPath: string): WholeFile {
  const before = statSync(realPath, { bigint: true });
  if (before.size > LARGEST_BYTES) return { why: 'the store is larger than 1 GiB' };
  if (hasLog(realPath))
    return {
      why: `its latest changes are in ${realPath}-wal, which cannot be read without writing there`,
    };
  const bytes = readFileSync(realPath);
  if (hasLog(realPath) || !isSame(before, statSync(realPath, { bigint: true })))
    return { why: 'another program is writing to it' };
  bytes.fill(1, VERSIONS_AT, VERSIONS_AT + 2);
  return { bytes };
}

function hasLog(realPath: string): boolean {
  const sizeOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  return sizeOf(`${realPath}-wal`) > 0 || sizeOf(`${realPath}-journal`) > 0;
}

function isSame(one: BigIntStats, other: BigIntStats): boolean {
  return one.ino === other.ino && one.size === other.size && one.mtimeNs === other.mtimeNs;
}
