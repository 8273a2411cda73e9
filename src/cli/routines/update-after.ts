import { EXIT, UserError } from '../../support/errors.ts';
import type { StoreContext } from '../context.ts';
import { usage } from '../options/options.ts';
import type { MessageResult } from '../output/result.ts';
import { updateResult } from '../views/update-report.ts';
import { updateWatched } from './watched-update.ts';

/** What `--update` asks for, on commands that change data. */
export interface UpdateAfter {
  readonly update: boolean;
  readonly dryRun?: boolean | undefined;
}

/**
 * Updates all segments once the data are stored, if that is asked for: waits for the run lock, and
 * goes by the clock of then. Where the store stays busy the data are stored all the same, and the
 * exit code is 75. `UserError` (2) with a dry run, which stores nothing to go by.
 */
export async function thenUpdate(
  context: StoreContext,
  { update, dryRun }: UpdateAfter,
  change: () => Promise<MessageResult>,
): Promise<MessageResult> {
  if (!update) return change();
  if (dryRun === true)
    throw usage('`--dry-run` and `--update` contradict each other', 'give one of them');
  const stored = await change();
  try {
    return withUpdate(stored, await updateNow(context));
  } catch (error) {
    if (!(error instanceof UserError) || error.exit !== EXIT.locked) throw error;
    const late = `stored; segments follow at the next update: ${error.message}`;
    return {
      ...stored,
      data: { ...stored.data, update: null },
      warnings: [...(stored.warnings ?? []), late],
      exit: EXIT.locked,
    };
  }
}

async function updateNow(context: StoreContext): Promise<MessageResult> {
  const { store, isNowGiven } = context;
  const lock = await store.lockRuns(Number.POSITIVE_INFINITY);
  try {
    const request = { segments: [], isClockRead: !isNowGiven };
    return updateResult(await updateWatched(context, request), { verbosity: 0 });
  } finally {
    await lock?.release();
  }
}

/** Rows that were rejected are told by the exit code before what the update could not do. */
function withUpdate(stored: MessageResult, updated: MessageResult): MessageResult {
  return {
    ...stored,
    text: [...[stored.text].flat(), ...[updated.text].flat()],
    data: { ...stored.data, update: updated.data },
    warnings: [...(stored.warnings ?? []), ...(updated.warnings ?? [])],
    notes: [...(stored.notes ?? []), ...(updated.notes ?? [])],
    exit: [stored.exit, updated.exit].find((exit = EXIT.done) => exit !== EXIT.done) ?? EXIT.done,
  };
}
