import { rmSync, writeFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import fc from 'fast-check';
import { test } from 'vitest';
import { importContacts } from '../../src/csv/import.ts';
import { undoImport } from '../../src/csv/undo.ts';
import { restoreDeleted } from '../../src/segment/deleted.ts';
import { deleteSegment } from '../../src/segment/definition.ts';
import { addToSegment, removeFromSegment } from '../../src/segment/members.ts';
import { updateSegments } from '../../src/segment/update/run.ts';
import type { Store, WriteTx } from '../../src/store/index.ts';
import { UserError } from '../../src/support/errors.ts';
import { NAMES, perform, type Step } from '../segment/model/operations.ts';
import { at, contactId, FILTERS, fillWorld, HOUR, withStore } from '../segment/model/world.ts';
import { Following } from './following.ts';

/*
 * After any history, the feed tells the members: whoever follows it from its beginning or from an
 * export has them after each step, in one reading or in many, and what it told once it tells again
 * word for word. ROLLCALL_FEED_ROUNDS and ROLLCALL_FEED_STEPS say how long, ROLLCALL_FEED_SEED with
 * which seed.
 */
const setting = (name: string): number | undefined =>
  process.env[name] === undefined ? undefined : Number(process.env[name]);
const numRuns = setting('ROLLCALL_FEED_ROUNDS') ?? 6;
const steps = setting('ROLLCALL_FEED_STEPS') ?? 50;
const seed = setting('ROLLCALL_FEED_SEED');

/** Refused as a user would be. */
async function attempt(work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
  }
}

/** In one transaction people come and go by turns, also by what says the same. */
async function byTurns({ store, now, numbers: [a, b, c] }: Step): Promise<void> {
  const trigger = (name: string) => ({ via: 'trigger', name, now, by: null });
  await attempt(async () =>
    store.write(async (tx) => {
      const list = (await tx.segments.list()).find(({ alias }) => alias === 'list');
      if (list?.kind !== 'static') return;
      const who = [contactId(a), contactId(a + 1), contactId(b)];
      const known = (await tx.contacts.list({ ids: who }, [])).map(({ id }) => id);
      for (let turn = 0; turn < 4; turn += 1) {
        const decision = trigger(at(['welcome', 'goodbye', 'welcome'], c >> turn));
        const some = known.filter((_, index) => (b >> (turn + index)) % 2 === 0);
        if ((a >> turn) % 2 === 0) await addToSegment(tx, list, some, decision);
        else await removeFromSegment(tx, list, some, decision);
      }
    }),
  );
}

async function importFile(step: Step, mirror: boolean): Promise<void> {
  const { store, now, numbers } = step;
  const path = `${store.location}.csv`;
  const rows = [0, 1, 2].map((index) => `c${(numbers[0] + index * numbers[1]) % 9}@example.org`);
  writeFileSync(path, `email,points\n${rows.map((email) => `${email},${numbers[2]}\n`).join('')}`);
  const options = { segments: ['list'], mirror };
  const context = { stdin: Readable.from([]), now, by: 'tester' };
  await attempt(async () => importContacts(store, path, options, context));
  rmSync(path);
}

async function undoLast({ store, now }: Step): Promise<void> {
  const last = await store.read(async (tx) =>
    (await tx.imports.list({})).find(({ undoneAt }) => undoneAt === null),
  );
  if (last === undefined) return;
  const action = { now, by: 'tester', isDry: false };
  await attempt(async () => undoImport(store, String(last.id), action));
}

async function deleteOrRestore({ store, now, numbers: [a] }: Step): Promise<void> {
  const action = { now, by: 'tester' };
  await attempt(async () =>
    store.write(async (tx: WriteTx) => {
      const [gone] = await tx.segments.deleted();
      if (gone !== undefined && a % 2 === 0)
        return restoreDeleted(tx, String(gone.id), undefined, action);
      return deleteSegment(tx, at(await tx.segments.list(), a), action);
    }),
  );
}

const MORE: Readonly<Record<string, (step: Step) => Promise<void>>> = {
  byTurns,
  importFile: async (step) => importFile(step, false),
  mirrorFile: async (step) => importFile(step, true),
  undoLast,
  deleteOrRestore,
  update: async ({ store, now }) => {
    await updateSegments(store, { segments: [], now });
  },
  pruneCauses: async ({ store }) => store.write(async (tx) => tx.members.pruneCauses()),
};

interface Command {
  readonly operation: string;
  readonly numbers: Step['numbers'];
  readonly hours: number;
  readonly again: number;
  readonly isExported: boolean;
}

const command: fc.Arbitrary<Command> = fc.record({
  operation: fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...NAMES) },
    { weight: 4, arbitrary: fc.constantFrom(...Object.keys(MORE)) },
  ),
  numbers: fc.tuple(fc.nat(100), fc.nat(100), fc.nat(100)),
  /** By how many hours the clock moves, back too. */
  hours: fc.constantFrom(0, 0, 1, 24, -3, 24 * 40, -24),
  /** Which of the lines so far is read from again. */
  again: fc.nat(1000),
  isExported: fc.boolean(),
});

const shape = fc.record({
  beginning: fc.nat(6),
  columns: fc.constant('none' as const),
  filters: fc.tuple(...FILTERS.map(() => fc.nat(5))),
});
const timelineOf = async (store: Store): Promise<string> =>
  store.read(async (tx) => tx.moves.timeline());

test('the feed tells the members, and what it told once it tells again', async () => {
  const commands = fc.array(command, { minLength: steps, maxLength: steps });
  await fc.assert(
    fc.asyncProperty(shape, commands, async (world, given) =>
      withStore(async (first, reopen) => {
        await fillWorld(first, world);
        await play(first, reopen, given);
      }),
    ),
    { numRuns, ...(seed === undefined ? {} : { seed }), endOnFailure: true },
  );
}, 36_000_000);

async function play(
  first: Store,
  reopen: () => Promise<Store>,
  given: readonly Command[],
): Promise<void> {
  const start = Date.parse('2026-03-01T10:00:00Z');
  const following = new Following();
  await following.beginAt(first);
  let [store, now] = [first, start];
  for (const [number, { operation, numbers, hours, again, isExported }] of given.entries()) {
    const what = `step ${number}: ${operation} ${numbers.join(' ')}`;
    now += hours * HOUR;
    const timeline = await timelineOf(store);
    await (MORE[operation] ?? (async (step) => perform(operation, step)))({
      ...{ store, now, start, numbers },
    });
    if (operation === 'restore') store = await reopen();
    if (timeline !== (await timelineOf(store))) await following.beginAnew(store, what);
    await following.after(store, again, what);
    if (isExported) await following.beginAt(store);
  }
}
