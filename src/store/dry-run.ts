import type { Store } from './store.ts';
import type { WriteTx } from './transaction.ts';

class Rollback extends Error {}

/**
 * Does `work` in one transaction, and takes it back when this is a dry run: the same work, the same
 * answer.
 */
export async function dryRun<T>(
  store: Store,
  isDry: boolean,
  work: (tx: WriteTx) => Promise<T>,
): Promise<T> {
  const rollback = new Rollback();
  let result: { readonly value: T } | undefined;
  try {
    return await store.write(async (tx) => {
      result = { value: await work(tx) };
      if (isDry) throw rollback;
      return result.value;
    });
  } catch (error) {
    if (error !== rollback || result === undefined) throw error;
    return result.value;
  }
}
