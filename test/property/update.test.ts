import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { updateSegments } from '../../src/segment/update/run.ts';
import type { Store } from '../../src/store/index.ts';
import { initStore, openStore } from '../../src/store/sqlite/open.ts';
import { UserError } from '../../src/support/errors.ts';
import { type Command, commands, perform } from '../segment/model/operations.ts';
import { fillWorld, START, stateOf } from '../segment/model/world.ts';

const ROUNDS = Number(process.env['ROLLCALL_MODEL_ROUNDS'] ?? 10);
const STEPS = Number(process.env['ROLLCALL_MODEL_STEPS'] ?? 100);

async function withStore<T>(work: (store: Store) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'rollcall-model-'));
  const path = join(folder, 'crm.db');
  await initStore(path);
  const store = await openStore(path);
  try {
    return await work(store);
  } finally {
    await store.close();
    rmSync(folder, { recursive: true });
  }
}

/** Updates a store as of `now`; naming an unpublished segment is refused in both stores alike. */
async function update(store: Store, now: number, segments: readonly string[], full: boolean): Promise<string[]> {
  try {
    return (await updateSegments(store, { segments, now, full })).reports.map((report) => `${report.alias} ${report.status} ${full ? '' : (report.mode ?? '')}`);
  } catch (error) {
    if (error instanceof UserError) return [error.code];
    throw error;
  }
}

async function run(steps: readonly Command[]): Promise<void> {
  await withStore(async (byDelta) =>
    withStore(async (inFull) => {
      for (const store of [byDelta, inFull]) await fillWorld(store);
      let now = START;
      const modes: string[][] = [];
      for (const { operation, numbers, clock, named } of steps) {
        for (const store of [byDelta, inFull]) await perform(operation, { store, now, numbers });
        if (clock === null) continue;
        now += clock;
        modes.push(await update(byDelta, now, named, false));
        await update(inFull, now, named, true);
        expect(stateOf(byDelta), `after ${operation}: ${modes.at(-1)?.join(', ')}`).toEqual(stateOf(inFull));
      }
    }),
  );
}

test('an update by what changed leaves exactly what a full rebuild would', async () => {
  await fc.assert(fc.asyncProperty(fc.array(commands, { minLength: STEPS / 2, maxLength: STEPS }), run), { numRuns: ROUNDS, endOnFailure: process.env['ROLLCALL_MODEL_ROUNDS'] !== undefined });
}, 3_600_000);
