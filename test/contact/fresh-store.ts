import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import type { Store } from '../../src/store/index.ts';
import type { Scanning } from '../../src/store/sqlite/scan/scanning.ts';
import { initStore, openStore } from '../../src/store/sqlite/open.ts';
import { UserError } from '../../src/support/errors.ts';

export const NOW = Date.parse('2026-03-01T10:00:00Z');

const cleanups: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

/** An empty store in a folder of its own, gone after the test. */
export async function freshStore(): Promise<Store> {
  const folder = mkdtempSync(join(tmpdir(), 'rollcall-contact-'));
  const path = join(folder, 'crm.db');
  await initStore(path);
  const store = await openStore(path);
  cleanups.push(async () => {
    await store.close();
    rmSync(folder, { recursive: true });
  });
  return store;
}

/** The same store, opened in another way. */
export async function reopen(store: Store, options: Scanning): Promise<Store> {
  const again = await openStore(store.location, options);
  cleanups.unshift(async () => again.close());
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
