import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CauseRow, ReadTx, Store } from '../../../src/store/index.ts';
import {
  addCrowd,
  addSegment,
  causedBy,
  expectTrueCounters,
  type MakeStore,
  NOW,
  pointsAtLeast,
  preview,
  rebuild,
  setPins,
} from './fixture.ts';

const CONTACTS = 9;
const SEGMENTS = 2;
/** The clock goes both ways within these instants. */
const INSTANTS = 8;

/** What a cause says, as far as it is known beforehand. */
type Said = Pick<CauseRow, 'at' | 'via' | 'by' | 'reason'>;

interface Interval {
  readonly joined: Said;
  readonly left: Said;
}

/** How people are put in, taken out and pinned, with which author and reason. */
type Words = Pick<CauseRow, 'via' | 'by' | 'reason'>;

/** When an interval ends that ended then: never before it began. */
function endOf({ joined, left }: Interval): number {
  return Math.max(joined.at, left.at);
}

/**
 * One segment's members, pins and past, as plain data. Contacts are known by their number; that is
 * also their points.
 */
class ModelSegment {
  readonly members = new Map<number, Said>();
  readonly pins = new Map<number, { readonly kind: 'in' | 'out'; readonly words: Words }>();
  readonly past = new Map<number, Interval[]>();

  join(contact: number, said: Said): number {
    if (this.members.has(contact)) return 0;
    this.members.set(contact, said);
    return 1;
  }

  /** Who is pinned in joins in the words of the pin. */
  joinByRun(contact: number, now: number): number {
    const pin = this.pins.get(contact);
    const words = pin?.kind === 'in' ? pin.words : FILTER;
    return this.join(contact, { at: now, ...words });
  }

  leave(contact: number, left: Said): number {
    const joined = this.members.get(contact);
    if (joined === undefined) return 0;
    this.members.delete(contact);
    this.past.set(contact, [...(this.past.get(contact) ?? []), { joined, left }]);
    return 1;
  }

  /** Who is deleted leaves, and was a member all the same. */
  forget(contact: number): void {
    this.leave(contact, { at: NOW, via: 'deleted', by: null, reason: null });
    this.pins.delete(contact);
  }

  /** Each contact with the beginnings that are right, and with the ends that go with these. */
  asOf(instant: number): Map<number, { joined: Said; left: Said | null }[]> {
    const held = new Map<number, { joined: Said; left: Said | null }[]>();
    const hold = (contact: number, joined: Said, left: Said | null): void => {
      held.set(contact, [...(held.get(contact) ?? []), { joined, left }]);
    };
    for (const [contact, joined] of this.members)
      if (joined.at <= instant) hold(contact, joined, null);
    for (const [contact, intervals] of this.past)
      for (const interval of intervals)
        if (interval.joined.at <= instant && instant < endOf(interval))
          hold(contact, interval.joined, interval.left);
    return held;
  }
}

const FILTER: Words = { via: 'filter', by: null, reason: null };

class Model {
  readonly alive = new Set(Array.from({ length: CONTACTS }, (_, contact) => contact));
  readonly segments = Array.from({ length: SEGMENTS }, () => new ModelSegment());
}

interface Real {
  readonly store: Store;
  readonly contacts: readonly number[];
  readonly segments: readonly number[];
}

/** A step does the same to the model and to the store, and expects the same answer of both. */
type Step = (model: Model, real: Real) => Promise<void>;

const words = fc.record({
  via: fc.constantFrom('manual', 'import', 'filter'),
  by: fc.constantFrom(null, 'ada', 'bob'),
  reason: fc.constantFrom(null, 'met', 'ada'),
});
const contacts = fc.uniqueArray(fc.nat(CONTACTS - 1), { minLength: 1, maxLength: 5 });
const segment = fc.nat(SEGMENTS - 1);
const instant = fc.nat(INSTANTS - 1).map((hours) => NOW + hours * 3_600_000);

const steps = fc.oneof(
  {
    arbitrary: fc
      .tuple(segment, contacts, instant, words)
      .map(([at, who, now, said]) => add(at, who, { now, ...said })),
    weight: 3,
  },
  {
    arbitrary: fc
      .tuple(segment, contacts, instant, words)
      .map(([at, who, now, said]) => remove(at, who, { now, ...said })),
    weight: 3,
  },
  {
    arbitrary: fc
      .tuple(segment, fc.nat(CONTACTS), instant)
      .map(([at, points, now]) => update(at, points, now)),
    weight: 4,
  },
  {
    arbitrary: fc
      .tuple(segment, contacts, fc.constantFrom('in' as const, 'out' as const), words)
      .map(([at, who, kind, said]) => pinSome(at, who, kind, said)),
    weight: 3,
  },
  {
    arbitrary: fc
      .tuple(
        segment,
        fc.option(contacts, { nil: 'all' as const }),
        fc.constantFrom('in' as const, 'out' as const, undefined),
      )
      .map(([at, who, kind]) => clearPins(at, who, kind)),
    weight: 2,
  },
  {
    arbitrary: fc.tuple(segment, words).map(([at, said]) => pinMembers(at, said)),
    weight: 1,
  },
  {
    arbitrary: fc
      .tuple(segment, instant, words)
      .map(([at, now, said]) => removeAll(at, { now, ...said })),
    weight: 1,
  },
  {
    arbitrary: fc
      .uniqueArray(fc.nat(CONTACTS - 1), { minLength: 1, maxLength: 2 })
      .map((who) => deleteContacts(who)),
    weight: 1,
  },
  { arbitrary: contacts.map((who) => identify(who)), weight: 1 },
);

/** A decision at one instant (epoch ms). */
type Decided = Words & { readonly now: number };

function saidBy({ now, ...said }: Decided): Said {
  return { at: now, ...said };
}

function add(at: number, who: number[], decided: Decided): Step {
  return async (model, real) => {
    const joined = who.filter(
      (contact) =>
        model.alive.has(contact) && model.segments[at]!.join(contact, saidBy(decided)) === 1,
    ).length;
    expect(
      await real.store.write(async (tx) =>
        tx.members.add(real.segments[at]!, idsOf(real, who), { ...decided, runId: null }),
      ),
    ).toBe(joined);
  };
}

function remove(at: number, who: number[], decided: Decided): Step {
  return async (model, real) => {
    const left = who.filter(
      (contact) => model.segments[at]!.leave(contact, saidBy(decided)) === 1,
    ).length;
    expect(
      await real.store.write(async (tx) =>
        tx.members.remove(real.segments[at]!, idsOf(real, who), { ...decided, runId: null }),
      ),
    ).toBe(left);
  };
}

function removeAll(at: number, decided: Decided): Step {
  return async (model, real) => {
    const left = [...model.segments[at]!.members.keys()].filter(
      (contact) => model.segments[at]!.leave(contact, saidBy(decided)) === 1,
    ).length;
    expect(
      await real.store.write(async (tx) =>
        tx.members.remove(real.segments[at]!, 'all', { ...decided, runId: null }),
      ),
    ).toBe(left);
  };
}

function update(at: number, points: number, now: number): Step {
  return async (model, real) => {
    const { pins, members } = model.segments[at]!;
    const target = [...model.alive].filter(
      (contact) =>
        (contact >= points || pins.get(contact)?.kind === 'in') &&
        pins.get(contact)?.kind !== 'out',
    );
    const difference = {
      left: [...members.keys()]
        .filter((contact) => !target.includes(contact))
        .filter((contact) => model.segments[at]!.leave(contact, { at: now, ...FILTER }) === 1)
        .length,
      joined: target.filter((contact) => model.segments[at]!.joinByRun(contact, now) === 1).length,
    };
    const [foreseen, done] = await real.store.write(
      async (tx) =>
        [
          await preview(tx, real.segments[at]!, pointsAtLeast(points)),
          await rebuild(tx, real.segments[at]!, pointsAtLeast(points), causedBy('filter', now)),
        ] as const,
    );
    expect(done).toEqual(difference);
    expect({ joined: foreseen.joining.length, left: foreseen.leaving.length }).toEqual(difference);
  };
}

function pinSome(at: number, who: number[], kind: 'in' | 'out', said: Words): Step {
  return async (model, real) => {
    for (const contact of who)
      if (model.alive.has(contact)) model.segments[at]!.pins.set(contact, { kind, words: said });
    await real.store.write(async (tx) =>
      setPins(tx, real.segments[at]!, idsOf(real, who), {
        kind,
        ...said,
        until: null,
        createdAt: NOW,
      }),
    );
  };
}

function clearPins(at: number, who: number[] | 'all', kind: 'in' | 'out' | undefined): Step {
  return async (model, real) => {
    const { pins } = model.segments[at]!;
    const cleared = [...pins]
      .filter(
        ([contact, pin]) =>
          (who === 'all' || who.includes(contact)) && (kind === undefined || kind === pin.kind),
      )
      .map(([contact]) => contact);
    for (const contact of cleared) pins.delete(contact);
    expect(
      await real.store.write(async (tx) =>
        tx.pins.clear(real.segments[at]!, who === 'all' ? 'all' : idsOf(real, who), kind),
      ),
    ).toBe(cleared.length);
  };
}

function pinMembers(at: number, said: Words): Step {
  return async (model, real) => {
    const { pins, members } = model.segments[at]!;
    const fresh = [...members.keys()].filter((contact) => !pins.has(contact));
    for (const contact of fresh) pins.set(contact, { kind: 'in', words: said });
    expect(
      await real.store.write(async (tx) =>
        tx.pins.pinMembers(real.segments[at]!, { ...said, now: NOW, runId: null }),
      ),
    ).toBe(fresh.length);
  };
}

function deleteContacts(who: number[]): Step {
  return async (model, real) => {
    const gone = who.filter((contact) => model.alive.delete(contact));
    for (const contact of gone) for (const at of model.segments) at.forget(contact);
    expect(
      await real.store.write(async (tx) =>
        tx.contacts.delete(idsOf(real, who), { now: NOW, by: null }),
      ),
    ).toBe(gone.length);
  };
}

function identify(who: number[]): Step {
  return async (_, real) => {
    await real.store.write(async (tx) => tx.contacts.identify(idsOf(real, who), NOW));
  };
}

function idsOf(real: Real, who: readonly number[]): number[] {
  return who.map((contact) => real.contacts[contact]!);
}

async function expectEqual(model: Model, real: Real): Promise<void> {
  await real.store.read(async (tx) => {
    const numbered = (id: number): number => real.contacts.indexOf(id);
    for (const [index, id] of real.segments.entries()) {
      const at = model.segments[index]!;
      const members = await tx.members.list(id, {});
      expect(
        members.map(({ contactId, since, via, joined, pin, pinVia }) => ({
          contact: numbered(contactId),
          ...{ since, via, pin, pinVia },
          joined: saidIn(joined),
        })),
      ).toEqual(
        [...at.members]
          .sort(([a], [b]) => a - b)
          .map(([contact, joined]) => ({
            contact,
            ...{ since: joined.at, via: joined.via, joined },
            pin: at.pins.get(contact)?.kind ?? null,
            pinVia: at.pins.get(contact)?.words.via ?? null,
          })),
      );
      expect(
        (await tx.pins.list(id, {})).map((pin) => [
          numbered(pin.contactId),
          { kind: pin.kind, words: { via: pin.via, by: pin.by, reason: pin.reason } },
        ]),
      ).toEqual([...at.pins].sort(([a], [b]) => a - b));
      for (let hours = -1; hours <= INSTANTS; hours += 1)
        await expectAsOf(tx, real, at, { id, instant: NOW + hours * 3_600_000 });
    }
    await expectTrueCounters(tx);
  });
}

export function modelConformance(makeStore: MakeStore): void {
  describe('any sequence of changes to members, pins and contacts', () => {
    test('leaves what a plain model says', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(steps, { minLength: 1, maxLength: 30 }), async (sequence) => {
          const { store, cleanup } = await makeStore();
          try {
            const real = await store.write(async (tx): Promise<Real> => ({
              store,
              contacts: await addCrowd(tx, CONTACTS),
              segments: [await addSegment(tx, 'a'), await addSegment(tx, 'b')],
            }));
            const model = new Model();
            for (const step of sequence) {
              await step(model, real);
              await expectEqual(model, real);
            }
          } finally {
            await cleanup();
          }
        }),
        { numRuns: 40 * (makeStore.share ?? 1) },
      );
    });
  });
}

/** Those who were members then, each with both ends of one of the intervals that began last. */
async function expectAsOf(
  tx: ReadTx,
  real: Real,
  at: ModelSegment,
  { id, instant }: { readonly id: number; readonly instant: number },
): Promise<void> {
  const held = at.asOf(instant);
  const rows = await tx.members.list(id, { asOf: instant });
  const contacts = rows.map(({ contactId }) => real.contacts.indexOf(contactId));
  expect(contacts).toEqual([...held.keys()].sort((a, b) => a - b));
  for (const [index, { joined, left, leftAt }] of rows.entries()) {
    const intervals = held.get(contacts[index]!) ?? [];
    const last = Math.max(...intervals.map((interval) => interval.joined.at));
    expect(intervals.filter((interval) => interval.joined.at === last)).toContainEqual({
      joined: saidIn(joined),
      left: saidIn(left),
    });
    expect(leftAt).toBe(left === null ? null : Math.max(left.at, last));
  }
}

function saidIn(cause: CauseRow | null): Said | null {
  if (cause === null) return null;
  const { at, via, by, reason } = cause;
  return { at, via, by, reason };
}
