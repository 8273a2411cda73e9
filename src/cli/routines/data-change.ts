import { changeData } from '../../segment/triggers/data-change.ts';
import type { WriteTx } from '../../store/index.ts';
import type { StoreContext } from '../context.ts';
import type { MessageResult } from '../output/result.ts';
import { asDryRun } from '../views/dry-run.ts';
import { withTriggers } from '../views/firing.ts';

/**
 * Changes data in one transaction, and tells what triggers made of it beside what `work` tells. A
 * dry run does the same and takes it back.
 */
export async function changeAndTell(
  { store }: Pick<StoreContext, 'store'>,
  work: (tx: WriteTx) => Promise<MessageResult>,
  isDry = false,
): Promise<MessageResult> {
  const { done, triggers } = await changeData(store, { isDry }, work);
  const told = withTriggers(done, triggers, isDry);
  return isDry ? asDryRun(told) : told;
}
