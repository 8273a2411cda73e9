import { expect, test } from 'vitest';
import { updateSegments } from '../../src/segment/update/run.ts';
import { verifySegments } from '../../src/segment/update/verify.ts';
import { openStore } from '../../src/store/postgres/open.ts';
import type { Store } from '../../src/store/index.ts';
import { UserError } from '../../src/support/errors.ts';
import { describePostgres } from '../helpers/postgres.ts';
import { type Random, Writer } from '../segment/model/postgres-writers.ts';
import { BEGINNINGS, DAY, FILTERS, fillWorld, HOUR, startOf } from '../segment/model/world.ts';
import { seeded } from '../store/postgres/run-log.ts';
import { makeTrial, type TrialStore } from '../store/postgres/trial-store.ts';

/*
 * Other programs write while segments are updated: their transactions begin before a run, end after
 * it, or in the middle of it. Whatever a run has not seen, the next one finds: members are always what
 * a full rebuild of that moment makes them. ROLLCALL_MODEL_ROUNDS and ROLLCALL_MODEL_STEPS say how
 * long, ROLLCALL_MODEL_SEED with which seed.
 */
const setting = (name: string): number | undefined =>
  process.env[name] === undefined ? undefined : Number(process.env[name]);
const rounds = setting('ROLLCALL_MODEL_ROUNDS') ?? 3;
const steps = setting('ROLLCALL_MODEL_STEPS') ?? 80;
const seed = setting('ROLLCALL_MODEL_SEED') ?? 1;

class World {
  readonly #store: Store;
  readonly #writers: readonly Writer[];
  readonly #random: Random;
  #now: number;

  constructor(store: Store, writers: readonly Writer[], random: Random, now: number) {
    this.#store = store;
    this.#writers = writers;
    this.#random = random;
    this.#now = now;
  }

  async step(): Promise<void> {
    const choice = this.#random(12);
    if (choice === 0) await this.#update();
    else if (choice === 1) await Promise.all([this.#update(), this.#write(3)]);
    else if (choice === 2) await this.verify();
    else await this.#write();
  }

  async end(): Promise<void> {
    for (const writer of this.#writers) await writer.end(true);
    await this.#update();
    await this.verify();
  }

  /** Brings all up to date by what changed, then builds anew, in one snapshot: that changes nothing. */
  async verify(): Promise<void> {
    const { segments } = await this.#patiently(async () =>
      verifySegments(this.#store, { segments: [], now: this.#now }),
    );
    for (const { alias, missing, extra, counters, causes, error } of segments)
      expect({ alias, missing: [...missing], extra: [...extra], counters, causes, error }).toEqual({
        alias,
        ...{ missing: [], extra: [], counters: [], causes: 0, error: null },
      });
  }

  async #write(times = 1): Promise<void> {
    for (let time = 0; time < times; time += 1)
      for (const writer of this.#writers) await writer.act(this.#random, this.#now);
  }

  async #update(): Promise<void> {
    this.#now += [0, 1, HOUR, DAY, 3 * DAY][this.#random(5)] ?? 0;
    const { failed } = await this.#patiently(async () =>
      updateSegments(this.#store, { segments: [], now: this.#now }),
    );
    expect(failed).toBe(0);
  }

  /** Who writes the same rows has to end before we can; where that takes too long, we are told. */
  async #patiently<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof UserError && error.code === 'LOCKED')) throw error;
      for (const writer of this.#writers) await writer.end(true);
      return work();
    }
  }
}

async function play(trial: TrialStore, random: Random): Promise<void> {
  const shape = {
    beginning: 2 + random(BEGINNINGS.length - 2), // whose people have birthdays that there were
    columns: 'none',
    filters: FILTERS.map((kind) => random(kind.length)),
  } as const;
  const store = await openStore(trial.url);
  try {
    await fillWorld(store, shape);
    await store.write(async (tx) => tx.contacts.tag([1, 2, 3], ['a', 'b', 'c'], startOf(shape)));
    await updateSegments(store, { segments: [], now: startOf(shape) });
    const writers = [new Writer(await trial.connect(), 1), new Writer(await trial.connect(), 0)];
    const world = new World(store, writers, random, startOf(shape));
    for (let step = 0; step < steps; step += 1) await world.step();
    await world.end();
  } finally {
    await store.close();
  }
}

describePostgres('with other programs at work', () => {
  test.each(Array.from({ length: rounds }, (_, round) => seed + round))(
    'an update by what changed leaves exactly what a full rebuild would, seed %i',
    async (each) => {
      const trial = await makeTrial();
      try {
        await play(trial, seeded(each));
      } finally {
        await trial.cleanup();
      }
    },
    36_000_000,
  );
});
