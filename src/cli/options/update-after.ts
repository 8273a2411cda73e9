import { EXIT, type ExitCode } from '../../support/errors.ts';
import { flag } from './options.ts';

/** For commands that change what filters read; `routines/update-after.ts` does what it asks for. */
export const updateAfterOption = {
  update: flag(
    '--update',
    'then update the segments at once, after a run that is at work; else the next ' +
      'segments:update does',
  ),
} as const;

/** What such an update can end with, beside the codes of every command that opens a store. */
export const UPDATE_AFTER_EXITS: readonly ExitCode[] = [EXIT.partial, EXIT.finding];
