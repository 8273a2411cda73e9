import { onTestFinished } from 'vitest';
import type { Store } from '../../src/store/index.ts';
import type { Scanning } from '../../src/store/sqlite/scan/scanning.ts';
import { openStore } from '../../src/store/sqlite/open.ts';
import { UserError } from '../../src/support/errors.ts';
import { newStore } from '../helpers/stores.ts';

export const NOW = Date.parse('2026-03-01T10:00:00Z');

/** An empty store, gone after the test. */
export async function freshStore(): Promise<Store> {
  const { store, cleanup } = await newStore();
  onTestFinished(cleanup);
  return store;
}

/** The same store, opened in another way. */
export async function reopen(store: Store, options: Scanning): Promise<Store> {
  const again = await openStore(store.location, options);
  onTestFinished(async () => again.close());
  return again;
}

/** The refusal that `work` ends with: exit code, message and hint; anything else fails the test. */
export async function refusalOf(work: Promise<unknown>): Promise<{
  exit: number;
  code: string;
  message: string;
  hint: string | undefined;
  detail: readonly string[];
}> {
  try {
    await work;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const { exit, code, message, hint, detail } = error;
    return { exit, code, message, hint, detail };
  }
  throw new Error('nothing was refused');
}

export async function collect<T>(rows: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const row of rows) all.push(row);
  return all;
}
