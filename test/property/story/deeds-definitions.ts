import { timeContext } from '../../../src/contact/time-context.ts';
import { convertSegment } from '../../../src/segment/conversion.ts';
import { planConversion } from '../../../src/segment/conversion-plan.ts';
import { cloneSegment } from '../../../src/segment/copies.ts';
import { deleteSegment, editSegment } from '../../../src/segment/definition.ts';
import { restoreDeleted } from '../../../src/segment/deleted.ts';
import { getSegment } from '../../../src/segment/lookup.ts';
import { getTrigger } from '../../../src/segment/triggers/lookup.ts';
import { changeData } from '../../../src/segment/triggers/data-change.ts';
import { createTrigger, editTrigger } from '../../../src/segment/triggers/save.ts';
import { rollBack } from '../../../src/segment/versions.ts';
import type { SegmentRow, WriteTx } from '../../../src/store/index.ts';
import { at, dayOf } from '../../segment/model/world.ts';
import { someSegment } from './deeds-members.ts';
import { membersOf, placeOf, segmentCalled } from './facts.ts';
import { TEXTS } from './filters.ts';
import type { Watch } from './ledger.ts';
import type { Deeds, Scene } from './story.ts';
import { beginWatch } from './watches.ts';

/* What commands do to definitions of segments and to triggers. */

const MOST_SEGMENTS = 14;

async function on(
  scene: Scene,
  number: number,
  work: (tx: WriteTx, row: SegmentRow) => Promise<unknown>,
): Promise<void> {
  const { alias } = someSegment(scene, number);
  await scene.store.write(async (tx) => work(tx, await getSegment(tx, alias)));
}

async function convert(scene: Scene): Promise<void> {
  const { facts, ledger, action, numbers } = scene;
  const [, b, c] = numbers;
  const segment = someSegment(scene, b);
  const [to, keep] = [segment.kind === 'static' ? 'dynamic' : 'static', at(['drop', 'pin'], c)];
  await on(scene, b, async (tx, row) =>
    convertSegment(tx, row, to as 'static', keep as 'pin', action),
  );
  forgetPinsIn(scene, segment.id);
  // a removal that stands on somebody who is a member, by SQL, is not made one to be in
  if (to === 'dynamic' && keep === 'pin')
    for (const contact of membersOf(facts, segment.id).keys())
      if (ledger.decided.get(placeOf(segment.id, contact))?.kind !== 'out')
        ledger.decided.delete(placeOf(segment.id, contact));
}

/** In a static segment nobody is pinned in. */
export function forgetPinsIn({ ledger: { decided } }: Scene, segmentId: number): void {
  for (const [place, { kind }] of decided)
    if (kind === 'in' && place.startsWith(`${segmentId} `)) decided.delete(place);
}

export const DEFINITION_DEEDS: Deeds = {
  editFilter: {
    weight: 3,
    run: async (scene) =>
      on(scene, scene.numbers[1], async (tx, row) =>
        editSegment(tx, row, { where: at(TEXTS, scene.numbers[2]), note: 'why' }, scene.action),
      ),
  },
  publish: {
    weight: 2,
    run: async (scene) =>
      on(scene, scene.numbers[1], async (tx, row) =>
        editSegment(tx, row, { published: !row.published }, scene.action),
      ),
  },
  rollBack: {
    weight: 2,
    run: async (scene) =>
      on(scene, scene.numbers[1], async (tx, row) => {
        const versions = await tx.segments.versions(row.id);
        const { version } = at(versions, scene.numbers[2]);
        return rollBack(tx, row, version, scene.action);
      }),
  },
  convert: { weight: 2, run: convert },
  plan: {
    weight: 2,
    run: async (scene) =>
      on(scene, scene.numbers[1], async (tx, row) => {
        const requests = [
          { kind: 'on', date: dayOf(scene.now, scene.numbers[2] % 4) },
          { kind: 'inactivity', period: at(['1d', '3d', '1w'], scene.numbers[0]) },
          { kind: 'never' },
        ] as const;
        const request = at(requests, scene.numbers[2]);
        return planConversion(tx, row, request, await timeContext(tx, scene.now));
      }),
  },
  clone: {
    weight: 1,
    run: async (scene) => {
      if (scene.facts.segments.size >= MOST_SEGMENTS) return;
      const name = `copy ${scene.numbers[2] % 5}`;
      await on(scene, scene.numbers[1], async (tx, row) =>
        cloneSegment(tx, row, { name }, scene.action),
      );
    },
  },
  deleteSegment: {
    weight: 2,
    run: async (scene) =>
      on(scene, scene.numbers[1], async (tx, row) => deleteSegment(tx, row, scene.action)),
  },
  restoreSegment: {
    weight: 3,
    run: async ({ store, action, numbers: [, , c] }) =>
      store.write(async (tx) => {
        const deleted = await tx.segments.deleted();
        if (deleted.length > 0)
          await restoreDeleted(tx, String(at(deleted, c).id), undefined, action);
      }),
  },
};

const WATCHED = ['list', 'hot', 'leads', 'won'];

/** A trigger by the numbers of a step; undefined while a segment of it is deleted. */
function someWatch({ facts, numbers: [a, b, c] }: Scene): Watch | undefined {
  const watched = segmentCalled(facts, at(WATCHED, b));
  const [leads, won, list] = ['leads', 'won', 'list'].map((one) => segmentCalled(facts, one));
  if (!watched || !leads || !won || !list) return undefined;
  const add = at([[leads], [won], [leads, won], [won]], c);
  return {
    name: `t${a % 4}`,
    kind: at(['event', 'points', 'joins', 'leaves', 'event'] as const, b + c),
    type: 'form.submit',
    points: at([50, 100], b),
    segmentId: watched.id,
    add: add.map(({ id }) => id),
    remove: c % 5 === 0 ? [list.id] : [],
    published: true,
    ...{ events: new Set(), above: new Set(), moves: 0 },
  };
}

function optionsOf({ name, kind, type, points, segmentId, add, remove }: Watch, existing: boolean) {
  return {
    ...{ name, existing, add: add.map(String), remove: remove.map(String) },
    ...(kind === 'event' ? { when: type } : {}),
    ...(kind === 'points' ? { whenPointsReach: points } : {}),
    ...(kind === 'joins' ? { whenJoins: String(segmentId) } : {}),
    ...(kind === 'leaves' ? { whenLeaves: String(segmentId) } : {}),
  };
}

export const TRIGGER_DEEDS: Deeds = {
  createTrigger: {
    weight: 3,
    asks: 'around',
    run: async (scene) => {
      const { store, ledger, action, now, numbers } = scene;
      const watch = someWatch(scene);
      if (watch === undefined) return;
      const existing = numbers[0] % 3 === 0;
      const { done } = await changeData(store, { now }, async (tx) =>
        createTrigger(tx, optionsOf(watch, existing), action),
      );
      ledger.watches.set(done.id, await beginWatch(scene, watch, existing));
    },
  },
  editTrigger: {
    weight: 1,
    asks: 'around',
    run: async (scene) => {
      const { store, ledger, now } = scene;
      const watch = someWatch(scene);
      const known = [...ledger.watches].find(([, { name }]) => name === watch?.name);
      if (watch === undefined || known === undefined) return;
      const [id, { published }] = known;
      await changeData(store, { now }, async (tx) =>
        editTrigger(tx, await getTrigger(tx, String(id)), optionsOf(watch, false), now),
      );
      ledger.watches.set(id, await beginWatch(scene, { ...watch, published }, false));
    },
  },
  publishTrigger: {
    weight: 1,
    asks: 'around',
    run: async (scene) => {
      const { store, ledger, now, numbers } = scene;
      const known = [...ledger.watches][numbers[0] % Math.max(ledger.watches.size, 1)];
      if (known === undefined) return;
      const [id, watch] = known;
      const published = !watch.published;
      const edit = { published, existing: false };
      await changeData(store, { now }, async (tx) =>
        editTrigger(tx, await getTrigger(tx, String(id)), edit, now),
      );
      const begun = await beginWatch(scene, { ...watch, published }, false);
      ledger.watches.set(id, published ? begun : { ...watch, published });
    },
  },
  deleteTrigger: {
    weight: 1,
    asks: 'around',
    run: async ({ store, ledger, now, numbers }) => {
      const [id] = [...ledger.watches.keys()].slice(numbers[0] % Math.max(ledger.watches.size, 1));
      if (id === undefined) return;
      await changeData(store, { now }, async (tx) => tx.triggers.delete(id));
      ledger.watches.delete(id);
    },
  },
};
