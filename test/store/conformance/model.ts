import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Store } from '../../../src/store/index.ts';
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
} from './fixture.ts';

const CONTACTS = 9;
const SEGMENTS = 2;
/** The clock goes both ways within these instants. */
const INSTANTS = 8;

interface Interval {
  readonly joined: number;
  readonly left: number;
}

/**
 * One segment's members, pins and past, as plain data. Contacts are known by their number; that is
 * also their points.
 */
class ModelSegment {
  readonly members = new Map<number, { since: number; via: string }>();
  readonly pins = new Map<number, 'in' | 'out'>();
  readonly past = new Map<number, Interval[]>();

  join(contact: number, via: string, now: number): number {
    if (this.members.has(contact)) return 0;
    this.members.set(contact, { since: now, via: this.pins.get(contact) === 'in' ? 'pin' : via });
    return 1;
  }

  /** Who stays is there through the pin, else the filter. */
  settleVia(): void {
    for (const [contact, member] of this.members)
      member.via = this.pins.get(contact) === 'in' ? 'pin' : 'filter';
  }

  leave(contact: number, now: number): number {
    const member = this.members.get(contact);
    if (member === undefined) return 0;
    this.members.delete(contact);
    this.past.set(contact, [
      ...(this.past.get(contact) ?? []),
      { joined: member.since, left: Math.max(member.since, now) },
    ]);
    return 1;
  }

  forget(contact: number): void {
    for (const map of [this.members, this.pins, this.past]) map.delete(contact);
  }

  asOf(instant: number): number[] {
    const open = [...this.members]
      .filter(([, { since }]) => since <= instant)
      .map(([contact]) => contact);
    const ended = [...this.past]
      .filter(([, intervals]) =>
        intervals.some(({ joined, left }) => joined <= instant && instant < left),
      )
      .map(([contact]) => contact);
    return [...new Set([...open, ...ended])].sort((a, b) => a - b);
  }
}

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

const contacts = fc.uniqueArray(fc.nat(CONTACTS - 1), { minLength: 1, maxLength: 5 });
const segment = fc.nat(SEGMENTS - 1);
const instant = fc.nat(INSTANTS - 1).map((hours) => NOW + hours * 3_600_000);

const steps = fc.oneof(
  {
    arbitrary: fc.tuple(segment, contacts, instant).map(([at, who, now]) => add(at, who, now)),
    weight: 3,
  },
  {
    arbitrary: fc.tuple(segment, contacts, instant).map(([at, who, now]) => remove(at, who, now)),
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
      .tuple(segment, contacts, fc.constantFrom('in' as const, 'out' as const))
      .map(([at, who, kind]) => setPins(at, who, kind)),
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
  { arbitrary: segment.map((at) => pinMembers(at)), weight: 1 },
  { arbitrary: fc.tuple(segment, instant).map(([at, now]) => removeAll(at, now)), weight: 1 },
  {
    arbitrary: fc
      .uniqueArray(fc.nat(CONTACTS - 1), { minLength: 1, maxLength: 2 })
      .map((who) => deleteContacts(who)),
    weight: 1,
  },
  { arbitrary: contacts.map((who) => identify(who)), weight: 1 },
);

function add(at: number, who: number[], now: number): Step {
  return async (model, real) => {
    const joined = who.filter(
      (contact) =>
        model.alive.has(contact) && model.segments[at]!.join(contact, 'manual', now) === 1,
    ).length;
    expect(
      await real.store.write(async (tx) =>
        tx.members.add(real.segments[at]!, idsOf(real, who), causedBy('manual', now)),
      ),
    ).toBe(joined);
  };
}

function remove(at: number, who: number[], now: number): Step {
  return async (model, real) => {
    const left = who.filter((contact) => model.segments[at]!.leave(contact, now) === 1).length;
    expect(
      await real.store.write(async (tx) =>
        tx.members.remove(real.segments[at]!, idsOf(real, who), causedBy('manual', now)),
      ),
    ).toBe(left);
  };
}

function removeAll(at: number, now: number): Step {
  return async (model, real) => {
    const left = [...model.segments[at]!.members.keys()].filter(
      (contact) => model.segments[at]!.leave(contact, now) === 1,
    ).length;
    expect(
      await real.store.write(async (tx) =>
        tx.members.remove(real.segments[at]!, 'all', causedBy('manual', now)),
      ),
    ).toBe(left);
  };
}

function update(at: number, points: number, now: number): Step {
  return async (model, real) => {
    const { pins, members } = model.segments[at]!;
    const target = [...model.alive].filter(
      (contact) => (contact >= points || pins.get(contact) === 'in') && pins.get(contact) !== 'out',
    );
    const difference = {
      left: [...members.keys()]
        .filter((contact) => !target.includes(contact))
        .filter((contact) => model.segments[at]!.leave(contact, now) === 1).length,
      joined: target.filter((contact) => model.segments[at]!.join(contact, 'filter', now) === 1)
        .length,
    };
    model.segments[at]!.settleVia();
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

function setPins(at: number, who: number[], kind: 'in' | 'out'): Step {
  return async (model, real) => {
    for (const contact of who)
      if (model.alive.has(contact)) model.segments[at]!.pins.set(contact, kind);
    await real.store.write(async (tx) =>
      tx.pins.set(real.segments[at]!, idsOf(real, who), {
        kind,
        via: 'pin',
        by: null,
        reason: null,
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
          (who === 'all' || who.includes(contact)) && (kind === undefined || kind === pin),
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

function pinMembers(at: number): Step {
  return async (model, real) => {
    const { pins, members } = model.segments[at]!;
    const fresh = [...members.keys()].filter((contact) => !pins.has(contact));
    for (const contact of fresh) pins.set(contact, 'in');
    expect(
      await real.store.write(async (tx) =>
        tx.pins.pinMembers(real.segments[at]!, {
          via: 'pin',
          by: null,
          reason: null,
          until: null,
          createdAt: NOW,
        }),
      ),
    ).toBe(fresh.length);
  };
}

function deleteContacts(who: number[]): Step {
  return async (model, real) => {
    const gone = who.filter((contact) => model.alive.delete(contact));
    for (const contact of gone) for (const at of model.segments) at.forget(contact);
    expect(await real.store.write(async (tx) => tx.contacts.delete(idsOf(real, who)))).toBe(
      gone.length,
    );
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
      const members = (await tx.members.list(id, {})).map(({ contactId, since, via, pin }) => ({
        contact: numbered(contactId),
        since,
        via,
        pin,
      }));
      const expected = [...at.members]
        .sort(([a], [b]) => a - b)
        .map(([contact, member]) => ({ contact, ...member, pin: at.pins.get(contact) ?? null }));
      expect(members).toEqual(expected);
      expect(
        (await tx.pins.list(id, {})).map((pin) => [numbered(pin.contactId), pin.kind]),
      ).toEqual([...at.pins].sort(([a], [b]) => a - b));
      for (let hours = -1; hours <= INSTANTS; hours += 1) {
        const asOf = NOW + hours * 3_600_000;
        expect((await tx.members.list(id, { asOf })).map((row) => numbered(row.contactId))).toEqual(
          at.asOf(asOf),
        );
      }
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
        { numRuns: 40 },
      );
    });
  });
}
