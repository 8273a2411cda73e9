import fc from 'fast-check';
import { test } from 'vitest';
import { playRound, rounds } from '../segment/model/rounds.ts';
import { COLUMN_WAYS, FILTERS, fillWorld, withStore } from '../segment/model/world.ts';

/*
 * ROLLCALL_MODEL_ROUNDS and ROLLCALL_MODEL_STEPS say how long, ROLLCALL_MODEL_SEED with which seed;
 * ROLLCALL_MODEL_COLUMNS (none, here or ahead) how full builds find who matches;
 * ROLLCALL_MODEL_SHRINK looks for the shortest way to a difference, which takes its time.
 */
const setting = (name: string): number | undefined =>
  process.env[name] === undefined ? undefined : Number(process.env[name]);
const numRuns = setting('ROLLCALL_MODEL_ROUNDS') ?? 25;
const steps = setting('ROLLCALL_MODEL_STEPS') ?? 40;
const ways = COLUMN_WAYS.filter((way) => way === (process.env['ROLLCALL_MODEL_COLUMNS'] ?? way));
const seed = setting('ROLLCALL_MODEL_SEED');

test('an update by what changed leaves exactly what a full rebuild would', async () => {
  await fc.assert(fc.asyncProperty(rounds(steps, ways), playRound), {
    numRuns,
    ...(seed === undefined ? {} : { seed }),
    endOnFailure: setting('ROLLCALL_MODEL_SHRINK') === undefined,
  });
}, 36_000_000);

test('every filter of the model is one', async () => {
  for (let filter = 0; filter < Math.max(...FILTERS.map((kind) => kind.length)); filter += 1) {
    await withStore(async (store) =>
      fillWorld(store, { beginning: 0, columns: 'none', filters: FILTERS.map(() => filter) }),
    );
  }
});
