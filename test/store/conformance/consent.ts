import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type ConsentChange,
  type ReadTx,
  type StagedRecord,
  type StageShape,
  type Store,
  SUPPRESSION_REASONS,
  type SuppressionReason,
  type WriteTx,
} from '../../../src/store/index.ts';
import {
  countCandidates,
  addContacts,
  addSegment,
  counts,
  DAY,
  importRows,
  type MakeStore,
  NOW,
  reading,
  storeTest,
} from './fixture.ts';

const LATER = NOW + DAY;

/** `1 email bounced`, and the day after NOW on which it began where that is not 0. */
async function standing(tx: ReadTx): Promise<string[]> {
  const ids = (await tx.contacts.list({}, [])).map(({ id }) => id);
  return (await tx.contacts.suppressions(ids)).map(
    ({ contactId, channel, reason, createdAt }) =>
      `${contactId} ${channel} ${reason}${createdAt === NOW ? '' : ` +${(createdAt - NOW) / DAY}`}`,
  );
}

/** How many contacts the log names for a change of consent during the work. */
async function logged(store: Store, work: (tx: WriteTx) => Promise<unknown>): Promise<number> {
  const since = await store.write(async (tx) => {
    await tx.changes.open();
    return tx.changes.watermark();
  });
  await store.write(work);
  return store.write(async (tx) => {
    const [segment] = await tx.segments.list();
    return countCandidates(
      tx,
      {
        segmentId: segment?.id ?? (await addSegment(tx, 'any')),
        since,
        reads: [reading({ consent: true })],
        segments: [],
        slices: [],
      },
      100,
    );
  });
}

/** `email!bounced` suppresses, `email?bounced` lifts. */
function change(text: string): ConsentChange {
  const [channel = '', reason] = text.split(/[!?]/);
  return {
    channel,
    reason: SUPPRESSION_REASONS.find((known) => known === reason)!,
    suppressed: text.includes('!'),
  };
}

const shape = {
  kind: 'contacts',
  key: 'email',
  columns: ['email'],
  uniques: [],
  duplicates: 'last',
} as const satisfies StageShape;

function row(line: number, key: string, ...consent: string[]): StagedRecord {
  return { line, key, values: [key], consent: consent.map(change) };
}

const CHANNELS = ['email', 'sms'];

type ConsentStep =
  | {
      readonly kind: 'suppress';
      readonly who: readonly number[];
      readonly channels: readonly string[];
      readonly reason: SuppressionReason;
    }
  | {
      readonly kind: 'lift';
      readonly who: readonly number[];
      readonly channels: readonly string[] | undefined;
      readonly reasons: readonly string[] | undefined;
    }
  | { readonly kind: 'import'; readonly who: number; readonly consent: readonly ConsentChange[] };

const people = fc.subarray([1, 2], { minLength: 1 });
const someReason = fc.constantFrom(...SUPPRESSION_REASONS);
const consentSteps: fc.Arbitrary<ConsentStep> = fc.oneof(
  fc.record({
    kind: fc.constant('suppress' as const),
    who: people,
    channels: fc.subarray(CHANNELS),
    reason: someReason,
  }),
  fc.record({
    kind: fc.constant('lift' as const),
    who: people,
    channels: fc.option(fc.subarray(CHANNELS), { nil: undefined }),
    reasons: fc.option(fc.subarray([...SUPPRESSION_REASONS]), { nil: undefined }),
  }),
  fc.record({
    kind: fc.constant('import' as const),
    who: fc.constantFrom(1, 2),
    consent: fc.uniqueArray(
      fc.record({
        channel: fc.constantFrom(...CHANNELS),
        reason: someReason,
        suppressed: fc.boolean(),
      }),
      { selector: ({ channel, reason }) => `${channel} ${reason}`, minLength: 1 },
    ),
  }),
);

/** Gives how many suppressions came or went; of an import whether it changed its row. */
async function stepInStore(store: Store, step: ConsentStep): Promise<number> {
  switch (step.kind) {
    case 'suppress':
      return store.write(async (tx) =>
        tx.contacts.suppress(step.who, step.channels, step.reason, NOW),
      );
    case 'lift':
      return store.write(async (tx) =>
        tx.contacts.unsuppress(step.who, { channels: step.channels, reasons: step.reasons }),
      );
    case 'import':
      return (
        await importRows(store, shape, [
          {
            line: 2,
            key: `c${step.who}@example.org`,
            values: [`c${step.who}@example.org`],
            consent: step.consent,
          },
        ])
      ).updated;
  }
}

function stepInModel(model: Set<string>, step: ConsentStep): number {
  if (step.kind === 'import') return importInModel(model, step);
  const { size } = model;
  const reasons = step.kind === 'suppress' ? [step.reason] : (step.reasons ?? SUPPRESSION_REASONS);
  for (const who of step.who) {
    for (const channel of step.channels ?? CHANNELS) {
      for (const reason of reasons) {
        if (step.kind === 'suppress') model.add(`${who} ${channel} ${reason}`);
        else model.delete(`${who} ${channel} ${reason}`);
      }
    }
  }
  return Math.abs(model.size - size);
}

function importInModel(
  model: Set<string>,
  { who, consent }: Extract<ConsentStep, { kind: 'import' }>,
): number {
  const before = [...model].sort();
  for (const { channel, reason, suppressed } of consent) {
    if (suppressed) model.add(`${who} ${channel} ${reason}`);
    else model.delete(`${who} ${channel} ${reason}`);
  }
  return [...model].sort().join() === before.join() ? 0 : 1;
}

export function consentConformance(makeStore: MakeStore): void {
  describe('suppressions', () => {
    storeTest(
      makeStore,
      'are set for known contacts, once a channel whatever its case, and listed',
      async (store) => {
        await store.write(async (tx) => {
          const ids = await addContacts(tx, {}, {});
          expect(await tx.contacts.suppressions(ids)).toEqual([]);
          expect(await tx.contacts.suppress([...ids, 999], ['sms', 'email'], 'manual', NOW)).toBe(
            4,
          );
          expect(await tx.contacts.suppress(ids, ['EMAIL', 'fax'], 'manual', LATER)).toBe(2);
          expect(await tx.contacts.suppress([], ['email'], 'manual', NOW)).toBe(0);
          expect(await tx.contacts.suppress(ids, [], 'manual', NOW)).toBe(0);
          expect(await standing(tx)).toEqual([
            '1 email manual',
            '1 fax manual +1',
            '1 sms manual',
            '2 email manual',
            '2 fax manual +1',
            '2 sms manual',
          ]);
          expect(await tx.contacts.channels()).toEqual(['email', 'fax', 'sms']);
        });
      },
    );

    storeTest(
      makeStore,
      'stand beside each other for several reasons, each as old as it is',
      async (store) => {
        await store.write(async (tx) => {
          const [ada] = await addContacts(tx, {});
          const outcome: string[] = [];
          for (const [index, reason] of (
            ['bounced', 'unsubscribed', 'bounced', 'manual'] as const
          ).entries()) {
            const changed = await tx.contacts.suppress(
              [ada!],
              ['email'],
              reason,
              NOW + index * DAY,
            );
            outcome.push(`${changed}: ${(await standing(tx)).join()}`);
          }
          expect(outcome).toEqual([
            '1: 1 email bounced',
            '1: 1 email bounced,1 email unsubscribed +1',
            '0: 1 email bounced,1 email unsubscribed +1',
            '1: 1 email bounced,1 email manual +3,1 email unsubscribed +1',
          ]);
          expect(await tx.contacts.reasons()).toEqual(['bounced', 'manual', 'unsubscribed']);
        });
      },
    );

    storeTest(
      makeStore,
      'are lifted by channel, by reason, by both, or all of them',
      async (store) => {
        await store.write(async (tx) => {
          const [ada, bob, cid] = await addContacts(tx, {}, {}, {});
          await tx.contacts.suppress(
            [ada!, bob!, cid!],
            ['sms', 'email', 'push'],
            'unsubscribed',
            NOW,
          );
          await tx.contacts.suppress([ada!, cid!], ['email', 'sms'], 'bounced', NOW);
          expect(await tx.contacts.unsuppress([ada!, 999], { channels: ['SMS', 'post'] })).toBe(2);
          expect(await tx.contacts.unsuppress([ada!], { channels: [] })).toBe(0);
          expect(await tx.contacts.unsuppress([ada!], { reasons: [] })).toBe(0);
          expect(
            await tx.contacts.unsuppress([ada!], {
              channels: ['email', 'push'],
              reasons: ['Unsubscribed', 'manual'],
            }),
          ).toBe(2);
          expect(await tx.contacts.unsuppress([bob!], {})).toBe(3);
          expect(await tx.contacts.unsuppress([bob!], {})).toBe(0);
          expect(await tx.contacts.unsuppress([cid!], { reasons: ['unsubscribed'] })).toBe(3);
          expect(await standing(tx)).toEqual([
            '1 email bounced',
            '3 email bounced',
            '3 sms bounced',
          ]);
        });
      },
    );

    storeTest(makeStore, 'that do not change are not logged', async (store) => {
      const ids = await store.write(async (tx) => addContacts(tx, {}, {}, {}, {}, {}, {}));
      expect(
        await logged(store, async (tx) =>
          tx.contacts.suppress(ids.slice(0, 2), ['email', 'sms'], 'bounced', NOW),
        ),
      ).toBe(2);
      expect(
        await logged(store, async (tx) =>
          tx.contacts.suppress(ids.slice(0, 2), ['email'], 'bounced', LATER),
        ),
      ).toBe(0);
      expect(
        await logged(store, async (tx) =>
          tx.contacts.suppress(ids.slice(0, 3), ['email'], 'bounced', NOW),
        ),
      ).toBe(1);
      expect(
        await logged(store, async (tx) => tx.contacts.unsuppress(ids, { channels: ['fax'] })),
      ).toBe(0);
      expect(
        await logged(store, async (tx) => tx.contacts.unsuppress(ids, { channels: ['email'] })),
      ).toBe(3);
    });

    storeTest(makeStore, 'are listed with their contacts, by reason', async (store) => {
      await store.write(async (tx) => {
        const [ada] = await addContacts(tx, {}, {});
        await tx.contacts.suppress([ada!], ['sms', 'email'], 'manual', NOW);
        await tx.contacts.suppress([ada!], ['push', 'email'], 'unsubscribed', NOW);
        expect(await tx.contacts.list({}, ['unsubscribed', 'bounced', 'do_not_contact'])).toEqual([
          { id: 1, unsubscribed: 'email|push', bounced: null, do_not_contact: 'email|sms' },
          { id: 2, unsubscribed: null, bounced: null, do_not_contact: null },
        ]);
      });
    });
  });

  describe('any sequence of suppressing, lifting and importing', () => {
    test('leaves what a plain set of contact, channel and reason says', async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(consentSteps, { minLength: 1, maxLength: 20 }),
          async (sequence) => {
            const { store, cleanup } = await makeStore();
            try {
              await store.write(async (tx) =>
                addContacts(tx, { email: 'c1@example.org' }, { email: 'c2@example.org' }),
              );
              const model = new Set<string>();
              for (const step of sequence) {
                expect(await stepInStore(store, step)).toBe(stepInModel(model, step));
                expect(await store.read(standing)).toEqual([...model].sort());
              }
            } finally {
              await cleanup();
            }
          },
        ),
        { numRuns: 40 * (makeStore.share ?? 1) },
      );
    });
  });

  describe('imports of consent', () => {
    storeTest(
      makeStore,
      'suppress for every reason given; the same again changes nothing',
      async (store) => {
        const file = [
          row(2, 'ada@example.org', 'email!manual', 'email!unsubscribed', 'sms!manual'),
          row(3, 'bob@example.org', 'email!bounced'),
          row(4, 'eve@example.org'),
        ];
        expect(counts(await importRows(store, shape, file))).toEqual({ inserted: 3 });
        expect(counts(await importRows(store, shape, file, { now: LATER }))).toEqual({
          unchanged: 3,
        });
        expect(
          counts(
            await importRows(
              store,
              shape,
              [
                row(2, 'ada@example.org', 'email!bounced'),
                row(3, 'bob@example.org', 'EMAIL!unsubscribed'),
                row(4, 'eve@example.org', 'push!manual'),
              ],
              { now: LATER },
            ),
          ),
        ).toEqual({ updated: 3 });
        expect(await store.read(standing)).toEqual([
          '1 email bounced +1',
          '1 email manual',
          '1 email unsubscribed',
          '1 sms manual',
          '2 email bounced',
          '2 EMAIL unsubscribed +1',
          '3 push manual +1',
        ]);
      },
    );

    storeTest(
      makeStore,
      'lift what stands for the same reason alone, and set what else the row says',
      async (store) => {
        await importRows(store, shape, [
          row(2, 'ada@example.org', 'email!unsubscribed', 'sms!unsubscribed'),
          row(3, 'bob@example.org', 'email!bounced'),
          row(4, 'eve@example.org', 'email!unsubscribed', 'email!bounced'),
        ]);
        const lifting = [
          row(2, 'ada@example.org', 'email?unsubscribed'),
          row(3, 'bob@example.org', 'email?unsubscribed', 'sms?bounced'),
          row(4, 'eve@example.org', 'email?unsubscribed', 'email!manual'),
          row(5, 'new@example.org', 'email?bounced'),
        ];
        expect(counts(await importRows(store, shape, lifting, { now: LATER }))).toEqual({
          inserted: 1,
          updated: 2,
          unchanged: 1,
        });
        expect(await store.read(standing)).toEqual([
          '1 sms unsubscribed',
          '2 email bounced',
          '3 email bounced',
          '3 email manual +1',
        ]);
        expect(counts(await importRows(store, shape, lifting, { now: LATER }))).toEqual({
          unchanged: 4,
        });
      },
    );

    for (const [duplicates, expected] of [
      ['last', ['1 sms manual', '1 push manual']],
      ['first', ['1 email manual', '1 sms manual', '1 push manual']],
    ] as const) {
      storeTest(
        makeStore,
        `merge rows of one key so that the ${duplicates} word on a channel counts`,
        async (store) => {
          const file = [
            row(2, 'ada@example.org', 'email!manual', 'sms!manual'),
            row(3, 'ada@example.org', 'email?manual', 'push!manual'),
          ];
          expect(counts(await importRows(store, { ...shape, duplicates }, file))).toEqual({
            inserted: 1,
            merged: 1,
          });
          expect((await store.read(standing)).sort()).toEqual([...expected].sort());
        },
      );
    }

    storeTest(
      makeStore,
      'of rows that are rejected are kept where they keep from reaching somebody',
      async (store) => {
        await importRows(store, shape, [row(2, 'ada@example.org')]);
        const refused = await importRows(
          store,
          shape,
          [row(2, 'ada@example.org', 'email!manual'), row(3, 'new@example.org', 'sms!manual')],
          { mode: 'insert' },
        );
        expect(counts(refused)).toEqual({ inserted: 1, rejected: 1, consentKept: 1 });
        expect((await store.read(standing)).sort()).toEqual(['1 email manual', '2 sms manual']);
      },
    );

    storeTest(makeStore, 'are logged where something changed', async (store) => {
      await store.write(async (tx) =>
        addContacts(tx, ...Array.from({ length: 20 }, (_, n) => ({ email: `c${n}@example.org` }))),
      );
      const apply = async (...consent: string[]) =>
        logged(store, async (tx) => {
          const stage = await store.stage(shape);
          await stage.add([row(2, 'c3@example.org', ...consent), row(3, 'c4@example.org')]);
          await tx.imports.apply(stage, { mode: 'upsert', now: NOW, importId: 1 });
        });
      expect(await apply('email!manual')).toBe(1);
      expect(await apply('email!manual', 'sms?manual')).toBe(0);
      expect(await apply('email?manual')).toBe(1);
    });
  });
}
