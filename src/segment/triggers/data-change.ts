import { dryRun, type Store, type WriteTx } from '../../store/index.ts';
import { type Firing, fireTriggers } from './fire.ts';

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
 * Does `work` in one transaction, and in the same one what triggers make of it. Every command that
 * changes events, contacts or members goes through here.
 */
export async function changeData<T>(
  store: Store,
  { now, isDry = false }: DataChange,
  work: (tx: WriteTx) => Promise<T>,
): Promise<Changed<T>> {
  return dryRun(store, isDry, async (tx) => {
    const done = await work(tx);
    // rule: trigger-command
    const triggers = await fireTriggers(tx, { now: now ?? tx.now });
    return { done, triggers };
  });
}
