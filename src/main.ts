import pkg from '../package.json' with { type: 'json' };
import type { Io, Stores } from './cli/io.ts';
import { streamTarget } from './cli/output/target.ts';
import { isDatabaseUrl, locationOf } from './support/database-url.ts';
import { EXIT, UserError } from './support/errors.ts';

export type { Io };

const stores: Stores = {
  open: async (name) => {
    const options = { refusesNested: false }; // bin/rollcall.js notices a command that waits for ever
    if (isDatabaseUrl(name))
      return (await import('./store/postgres/open.ts')).openStore(name, options);
    const { openStore } = await import('./store/sqlite/open.ts');
    return openStore(name, { ...options, isOnly: true });
  },
  requireOtherFile: async (name, output, what) => {
    if (isDatabaseUrl(name)) return; // no file is part of it
    (await import('./store/sqlite/file/store-files.ts')).requireNotStoreFile(name, output, what);
  },
  init: async (name, options) => {
    if (isDatabaseUrl(name))
      return { ...(await (await import('./store/postgres/init.ts')).initStore(name)), names: 1 };
    return (await import('./store/sqlite/open.ts')).initStore(name, options);
  },
  migrate: async (name, { withoutBackup, ...options }) => {
    if (isDatabaseUrl(name))
      return (await import('./store/postgres/init.ts')).migrateStore(name, withoutBackup);
    return (await import('./store/sqlite/migration/migrate.ts')).migrateStore(name, options);
  },
  copy: async (name, request) => (await import('./copy-store.ts')).copyStore(name, request),
  backup: async (name, request) => {
    if (isDatabaseUrl(name))
      throw ofTheServer(name, 'backed up', (await toolsOfServer()).dumpCommand(locationOf(name)));
    return (await import('./store/sqlite/backup/backup.ts')).backupStore(name, request);
  },
  restore: async (name, request) => {
    if (isDatabaseUrl(name))
      throw ofTheServer(name, 'restored', (await toolsOfServer()).undumpCommand(locationOf(name)));
    return (await import('./store/sqlite/backup/restore.ts')).restoreStore(name, request);
  },
};

const toolsOfServer = async () => import('./store/postgres/shell-commands.ts');

function ofTheServer(name: string, what: string, command: string): UserError {
  const message = `the store ${locationOf(name)} is a database: it is ${what} by the tools of its server`;
  return new UserError('NOT_A_FILE', EXIT.refused, message, { hint: command });
}

/**
 * Runs rollcall with these arguments (without the program's name) and returns the exit code. Errors
 * become text here and nowhere else: for people, or as one JSON object when the format is JSON.
 */
export async function main(argv: readonly string[], io: Io): Promise<number> {
  try {
    if (argv[0] === '--version' || argv[0] === '-V') return await printVersion(io);
    const { runProgram } = await import('./cli/program.ts');
    return await runProgram(argv, io, { stores, version: pkg.version });
  } catch (error) {
    return reportError(error, argv, io);
  }
}

async function printVersion(io: Io): Promise<number> {
  const target = streamTarget(io.stdout, 'standard output');
  await target.write(`${pkg.version}\n`);
  await target.commit();
  return 0;
}

async function reportError(error: unknown, argv: readonly string[], io: Io): Promise<number> {
  const { toFailure, failureLines, failureJson } = await import('./cli/output/failure.ts');
  const { mannersOf } = await import('./cli/manners.ts');
  const { loadStyles, wantsColour } = await import('./cli/output/colour.ts');
  const { terminalWidth } = await import('./cli/output/terminal.ts');
  const { storePlace } = await import('./cli/store-path.ts');
  const manners = mannersOf(argv);
  const failure = toFailure(error, storePlace(manners.db, io.env));
  const styles = await loadStyles(!manners.json && wantsColour(manners.colour, io.stderr, io.env));
  const { verbosity } = manners;
  const look = { styles, verbosity, width: terminalWidth(io.stderr) };
  const lines = manners.json ? [failureJson(failure)] : await failureLines(failure, look);
  const target = streamTarget(io.stderr, 'standard error');
  await target.write(`${lines.join('\n')}\n`);
  // if even the error output is full, nothing can be reported
  await target.commit().catch(() => undefined);
  return failure.exit;
}
