import pkg from '../package.json' with { type: 'json' };
import type { Io, Stores } from './cli/io.ts';
import { streamTarget } from './cli/output/target.ts';

export type { Io };

const stores: Stores = {
  open: async (path) =>
    (await import('./store/sqlite/open.ts')).openStore(path, {
      refusesNested: false, // bin/rollcall.js notices a command that waits for ever
      isOnly: true,
    }),
  requireOtherFile: async (path, output, what) => {
    (await import('./store/sqlite/file/store-files.ts')).requireNotStoreFile(path, output, what);
  },
  init: async (path, options) => (await import('./store/sqlite/open.ts')).initStore(path, options),
  migrate: async (path, options) =>
    (await import('./store/sqlite/migration/migrate.ts')).migrateStore(path, options),
  backup: async (path, request) =>
    (await import('./store/sqlite/backup/backup.ts')).backupStore(path, request),
  restore: async (path, request) =>
    (await import('./store/sqlite/backup/restore.ts')).restoreStore(path, request),
};

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
