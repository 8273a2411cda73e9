import { dryRun, type Store, type WriteTx } from '../../store/index.ts';
import { fireTriggers } from './fire.ts';
import { addFirings, type Firing } from './firing.ts';

/** When data are changed (epoch ms), and whether all of it is taken back. */
export interface DataChange {
  /** The instant of the transaction when left out. */
  readonly now?: number | undefined;
  readonly isDry?: boolean | undefined;
}

/** What triggers made of what was done. */
export interface Triggered {
  readonly triggers: readonly Firing[];
}

interface Changed<T> extends Triggered {
  readonly done: T;
}

/**
 * Does `work` in one transaction, and in the same one what triggers make of it. They are asked
 * before it as well: what other programs wrote, such as points that fell below a mark, may be
 * another a moment later. Every command that changes events, contacts, members or triggers goes
 * through here.
 */
export async function changeData<T>(
  store: Store,
  { now, isDry = false }: DataChange,
  work: (tx: WriteTx) => Promise<T>,
): Promise<Changed<T>> {
  return dryRun(store, isDry, async (tx) => {
    // rule: trigger-before-command
    const before = await fireTriggers(tx, { now: now ?? tx.now });
    const done = await work(tx);
    // rule: trigger-command
    const after = await fireTriggers(tx, { now: now ?? tx.now });
    return { done, triggers: addFirings(before, after) };
  });
}
