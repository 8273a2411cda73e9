import { EXIT, type ExitCode } from '../support/errors.ts';

/**
 * What each exit code means: the one table behind `rollcall help exit-codes` and every command's
 * help.
 */
export const EXIT_MEANINGS: Readonly<Record<ExitCode, string>> = {
  [EXIT.done]: 'done, or nothing to do',
  [EXIT.refused]: 'failed, or refused by the state of a segment or store',
  [EXIT.usage]: 'wrong usage: unknown command, option, name; a filter that does not check',
  [EXIT.partial]: 'finished in part: rows were rejected, segments failed, or time ran out',
  [EXIT.finding]: 'a check found something, or a guard held something back',
  [EXIT.badInput]: 'an input file is unusable as a whole',
  [EXIT.noInput]: 'an input file is missing or unreadable',
  [EXIT.noStore]: 'the store is missing, damaged, of another version, or no rollcall store',
  [EXIT.bug]: 'a bug in rollcall: please report it',
  [EXIT.noOutput]: 'an output cannot be created: no folder, a folder, a read-only file system',
  [EXIT.ioError]: 'an I/O error, a full disk',
  [EXIT.locked]: 'locked or busy: try again',
  [EXIT.noPermission]: 'no permission',
};

/** Set by the system when a signal ends the process; no code of ours returns them. */
export const SIGNAL_MEANINGS: Readonly<Record<number, string>> = {
  130: 'stopped by SIGINT',
  143: 'stopped by SIGTERM',
};

/** Codes that any command can end with, and those that come with an open store. */
export const COMMON_EXITS: readonly ExitCode[] = [
  EXIT.done,
  EXIT.usage,
  EXIT.bug,
  EXIT.noOutput,
  EXIT.ioError,
  EXIT.noPermission,
];
export const STORE_EXITS: readonly ExitCode[] = [EXIT.noStore, EXIT.locked];
