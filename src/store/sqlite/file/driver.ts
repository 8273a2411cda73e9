import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { EXIT, UserError } from '../../../support/errors.ts';
import { packageFolder } from '../../../support/package-folder.ts';
import { shellQuoted } from '../../../support/shell-quote.ts';
import { keepHandlesOf } from './kept-handles.ts';

/** What npm needs where it finds no module that was built for this system. */
const COMPILER =
  'where it compiles it needs python3, make and g++ (Debian: apt install python3 make g++)';

/**
 * Opens an SQLite file, or, from a buffer, what one holds: every connection to a store is made
 * here. `UserError` (69) where better-sqlite3's native module is missing or was built for another
 * Node; (2) for a name whose last blank it would drop.
 */
export function openDatabase(file: string | Buffer, options: Sqlite.Options = {}): Sqlite.Database {
  if (typeof file === 'string') requireTrimmedName(file);
  try {
    const raw = new Sqlite(file, options);
    keepHandlesOf(raw);
    return raw;
  } catch (error) {
    throw isUnloadable(error) ? driverMissing(error) : error;
  }
}

/** `UserError` (2): better-sqlite3 would open, or make, the file without the blank. */
export function requireTrimmedName(file: string): void {
  if (file === file.trim()) return;
  const name = JSON.stringify(basename(file));
  const message = `a store cannot have the name ${name}: it begins or ends with a blank`;
  throw new UserError('BAD_NAME', EXIT.usage, message, { hint: 'give it another name' });
}

/**
 * Node's words for a module that is not there or does not fit, and those of the package that looks
 * for it in many places.
 */
function isUnloadable(error: unknown): error is Error {
  if (!(error instanceof Error) || error instanceof Sqlite.SqliteError) return false;
  const { code = '' } = error as NodeJS.ErrnoException;
  return (
    ['ERR_DLOPEN_FAILED', 'MODULE_NOT_FOUND', 'ERR_MODULE_NOT_FOUND'].includes(code) ||
    'tries' in error
  );
}

function driverMissing(cause: Error): UserError {
  const folder = folderOfModules(packageFolder());
  const command = folder === undefined ? 'npm install' : 'npm rebuild better-sqlite3';
  const why = folder === undefined ? 'the package is not installed' : reasonIn(cause);
  return new UserError(
    'NO_DRIVER',
    EXIT.noStore,
    `SQLite cannot be loaded on Node ${process.versions.node}: ${why}`,
    {
      hint: `run: cd ${shellQuoted(folder ?? packageFolder())} && ${command}; ${COMPILER}`,
      cause,
    },
  );
}

/** The nearest folder from which npm sees the package. */
function folderOfModules(from: string): string | undefined {
  if (existsSync(join(from, 'node_modules/better-sqlite3'))) return from;
  const parent = dirname(from);
  return parent === from ? undefined : folderOfModules(parent);
}

/** In one line. */
function reasonIn({ message }: Error): string {
  const versions = /NODE_MODULE_VERSION (\d+)[^]*NODE_MODULE_VERSION (\d+)/.exec(message);
  if (versions !== null) {
    const [, built = '', needed = ''] = versions;
    return `better-sqlite3 was built for another Node (module version ${built}, this one has ${needed})`;
  }
  if (/^Cannot find module|^Could not locate/.test(message))
    return 'the native module of better-sqlite3 was not built';
  return `the native module of better-sqlite3 does not load (${message.split('\n', 1)[0] ?? ''})`;
}
