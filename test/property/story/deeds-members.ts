import { readCondition } from '../../../src/contact/where.ts';
import { getSegment } from '../../../src/segment/lookup.ts';
import {
  addToSegment,
  clearSegment,
  removeFromSegment,
  unpinFromSegment,
} from '../../../src/segment/members.ts';
import { modifySegments } from '../../../src/segment/modify.ts';
import { choose } from '../../../src/segment/preferences.ts';
import { addSelected, removeSelected } from '../../../src/segment/selected-members.ts';
import { changeData } from '../../../src/segment/triggers/data-change.ts';
import type { SegmentRow, WriteTx } from '../../../src/store/index.ts';
import { at, DAY, HOUR } from '../../segment/model/world.ts';
import { decideIn, decideOut } from './decided.ts';
import { membersOf, placeOf, type Segment } from './facts.ts';
import { isStanding } from './ledger.ts';
import { some, someone } from './people.ts';
import type { Deeds, Scene } from './story.ts';

/* What commands do to the members of segments. */

const ENDS = [undefined, undefined, undefined, null, HOUR, DAY, 3 * DAY];
const ACTIONS = ['campaign:welcome', 'form', 'points', 'api:shop'];

/** One of the segments, static ones more often. */
export function someSegment({ facts }: Scene, number: number): Segment {
  const all = [...facts.segments.values()];
  const favoured = all.filter(({ kind }) => kind === 'static');
  return at([...all, ...favoured, ...favoured], number);
}

function endOf({ now, numbers: [, , c] }: Scene, segment: Segment): number | null | undefined {
  const end = at(ENDS, c);
  return segment.kind === 'static' || typeof end !== 'number' ? undefined : now + end;
}

async function on(
  { store, now }: Scene,
  segment: Segment,
  work: (tx: WriteTx, row: SegmentRow) => Promise<unknown>,
): Promise<void> {
  await changeData(store, { now }, async (tx) => work(tx, await getSegment(tx, segment.alias)));
}

export const MEMBER_DEEDS: Deeds = {
  addByHand: {
    weight: 5,
    asks: 'around',
    run: async (scene) => {
      const segment = someSegment(scene, scene.numbers[1]);
      const contacts = some(scene.facts, [scene.numbers[0], scene.numbers[2]]);
      const until = endOf(scene, segment);
      const decision = { ...scene.action, via: 'manual', reason: 'asked', until };
      await on(scene, segment, async (tx, row) => addToSegment(tx, row, contacts, decision));
      decideIn(scene, { segmentId: segment.id, contacts, source: 'hand', until });
    },
  },
  removeByHand: {
    weight: 5,
    asks: 'around',
    run: async (scene) => {
      const [a, b, c] = scene.numbers;
      const segment = someSegment(scene, b);
      const contacts = some(scene.facts, [a, c]);
      const end = at(ENDS, c);
      const until = typeof end === 'number' ? scene.now + end : end;
      const decision = { ...scene.action, via: 'manual', until };
      await on(scene, segment, async (tx, row) => removeFromSegment(tx, row, contacts, decision));
      decideOut(scene, { segmentId: segment.id, contacts, source: 'hand', until });
    },
  },
  act: {
    weight: 4,
    asks: 'around',
    run: async (scene) => {
      const [a, b, c] = scene.numbers;
      const segment = someSegment(scene, b);
      const contacts = some(scene.facts, [a]);
      const decision = { ...scene.action, via: at(ACTIONS, c) };
      const isAdding = c % 2 === 0;
      await on(scene, segment, async (tx, row) =>
        (isAdding ? addToSegment : removeFromSegment)(tx, row, contacts, decision),
      );
      const deciding = { segmentId: segment.id, contacts, source: 'action' } as const;
      (isAdding ? decideIn : decideOut)(scene, deciding);
    },
  },
  modify: {
    weight: 2,
    asks: 'around',
    run: async (scene) => {
      const [a, b, c] = scene.numbers;
      const [one, other] = [someSegment(scene, b), someSegment(scene, b + c + 1)];
      if (one.id === other.id) return;
      const contacts = some(scene.facts, [a]);
      const lists = { add: [one.alias], remove: [other.alias] };
      const decision = { ...scene.action, via: 'manual' };
      await changeData(scene.store, { now: scene.now }, async (tx) =>
        modifySegments(tx, contacts, lists, decision),
      );
      decideIn(scene, { segmentId: one.id, contacts, source: 'hand' });
      decideOut(scene, { segmentId: other.id, contacts, source: 'hand' });
    },
  },
  addMany: {
    weight: 3,
    asks: 'around',
    run: async (scene) => {
      const [a, b, c] = scene.numbers;
      const segment = someSegment(scene, b);
      const contacts = some(scene.facts, [a, b, c]);
      const overrides = c % 4 === 0;
      const decision = { ...scene.action, via: 'manual', overrideRemovals: overrides };
      await on(scene, segment, async (tx, row) => {
        const where = await readCondition(tx, `id in (${contacts.join(', ')})`, scene.now);
        return addSelected(tx, row, where, decision);
      });
      decideIn(scene, { segmentId: segment.id, contacts, source: 'bulk', overrides });
    },
  },
  removeMany: {
    weight: 1,
    asks: 'around',
    run: async (scene) => {
      const [a, b, c] = scene.numbers;
      const contacts = some(scene.facts, [a, c]);
      await on(scene, someSegment(scene, b), async (tx, row) => {
        const where = await readCondition(tx, `id in (${contacts.join(', ')})`, scene.now);
        return removeSelected(tx, row, where, { ...scene.action, via: 'manual' });
      });
    },
  },
  unpin: {
    weight: 2,
    asks: 'around',
    run: async (scene) => {
      const segment = someSegment(scene, scene.numbers[1]);
      const contacts = some(scene.facts, [scene.numbers[0], scene.numbers[2]]);
      await on(scene, segment, async (tx, row) => unpinFromSegment(tx, row, contacts));
      for (const contact of contacts) scene.ledger.decided.delete(placeOf(segment.id, contact));
    },
  },
  clear: {
    weight: 1,
    asks: 'around',
    run: async (scene) =>
      on(scene, someSegment(scene, scene.numbers[1]), async (tx, row) =>
        clearSegment(tx, row, scene.action),
      ),
  },
  choose: {
    weight: 3,
    asks: 'around',
    run: async (scene) => {
      const [a, b] = scene.numbers;
      const contact = someone(scene.facts, a);
      if (contact === undefined) return;
      const offered = [...scene.facts.segments.values()].filter(
        (one) => one.published === 1 && one.preference_center === 1,
      );
      const wanted = offered.filter((_, index) => (b >> index) % 2 === 1);
      const aliases = wanted.map(({ alias }) => alias);
      await changeData(scene.store, { now: scene.now }, async (tx) =>
        choose(tx, contact, aliases, scene.action),
      );
      for (const segment of offered) chosen(scene, segment, contact, wanted.includes(segment));
    },
  },
};

/** Where it is as it was, nothing is decided. */
function chosen(scene: Scene, { id: segmentId }: Segment, contact: number, isIn: boolean): void {
  const pin = scene.facts.pins.get(placeOf(segmentId, contact));
  const wasIn =
    pin !== undefined && isStanding(pin, scene.now)
      ? pin.kind === 'in'
      : membersOf(scene.facts, segmentId).has(contact);
  if (isIn === wasIn) return;
  const deciding = { segmentId, contacts: [contact], source: 'hand' } as const;
  (isIn ? decideIn : decideOut)(scene, deciding);
}
