import { describe, expect } from 'vitest';
import { mapAttributes, type SegmentAttributes } from '../../../src/store/segment-attributes.ts';
import {
  addCrowd,
  addSegment,
  causedBy,
  DAY,
  type MakeStore,
  NOW,
  segmentNamed,
  stampOf,
  storeTest,
  setPins,
} from './fixture.ts';

/** Every attribute another than that of a blank segment. */
function otherAttributes(): SegmentAttributes {
  return mapAttributes((attribute, key) => {
    switch (attribute.type) {
      case 'text':
        return `some ${key}`;
      case 'switch':
        return !attribute.default;
      case 'choice':
        return attribute.words.find((word) => word !== attribute.default);
    }
  }) as SegmentAttributes;
}
const on = { kind: 'on', day: '2026-04-01', plannedAt: NOW } as const;
const later = { kind: 'inactivity', period: '30d', plannedAt: NOW + 1 } as const;

export function segmentsConformance(makeStore: MakeStore): void {
  describe('segments', () => {
    storeTest(makeStore, 'are listed by id, as they were defined', async (store) => {
      const full = segmentNamed('full', {
        kind: 'static',
        filter: null,
        ...otherAttributes(),
      });
      await store.write(async (tx) => {
        const first = await tx.segments.insert(segmentNamed('zulu'), { now: NOW, by: 'ada' });
        const second = await tx.segments.insert(full, { now: NOW + 1, by: null });
        const fresh = {
          members: 0,
          anonymous: 0,
          joinedLastRun: 0,
          leftLastRun: 0,
          builtAt: null,
          builtRun: null,
          seen: null,
          fingerprint: null,
          bounds: null,
          movedAt: null,
          plan: null,
          convertedAt: null,
          convertedRun: null,
        };
        expect(await tx.segments.list()).toEqual([
          { ...segmentNamed('zulu'), id: first, createdAt: NOW, updatedAt: NOW, ...fresh },
          { ...full, id: second, createdAt: NOW + 1, updatedAt: NOW + 1, ...fresh },
        ]);
      });
    });

    storeTest(
      makeStore,
      'keep one plan, until another, none or a conversion takes its place',
      async (store) => {
        await store.write(async (tx) => {
          const [hot, cold] = [await addSegment(tx, 'hot'), await addSegment(tx, 'cold')];
          const plan = async () => (await tx.segments.list()).map((segment) => segment.plan);
          await tx.segments.plan(hot, on);
          expect(await plan()).toEqual([on, null]);
          await tx.segments.update(
            hot,
            segmentNamed('hot', { name: 'Hotter', filter: '{"a":1}' }),
            { now: NOW, by: null },
          );
          expect(await plan()).toEqual([on, null]);
          await tx.segments.plan(hot, later);
          await tx.segments.plan(cold, on);
          expect(await plan()).toEqual([later, on]);
          await tx.segments.plan(hot, null);
          await tx.segments.recordConversion(cold, NOW + 2, 7);
          expect(await plan()).toEqual([null, null]);
          expect(
            (await tx.segments.list()).map(({ convertedAt, convertedRun }) => [
              convertedAt,
              convertedRun,
            ]),
          ).toEqual([
            [null, null],
            [NOW + 2, 7],
          ]);
          await tx.segments.recordConversion(cold, NOW + 3, null);
          expect((await tx.segments.list())[1]).toMatchObject({
            convertedAt: NOW + 3,
            convertedRun: null,
          });
        });
      },
    );

    storeTest(
      makeStore,
      'know when members joined or left last; who is deleted, or stays, has done neither',
      async (store) => {
        await store.write(async (tx) => {
          const segment = await addSegment(tx, 'hot');
          const ids = await addCrowd(tx, 4);
          const moved = async () => (await tx.segments.list())[0]?.movedAt;
          await tx.members.add(segment, [], causedBy('manual', NOW + 1));
          expect(await moved()).toBeNull();
          await tx.members.add(segment, ids, causedBy('manual', NOW + 2));
          expect(await moved()).toBe(NOW + 2);
          await tx.members.add(segment, ids, causedBy('manual', NOW + 3));
          await tx.contacts.delete([ids[0]!], { now: NOW, by: null });
          expect(await moved()).toBe(NOW + 2);
          await tx.members.remove(segment, [ids[1]!], causedBy('manual', NOW + 4));
          expect(await moved()).toBe(NOW + 4);
          await tx.members.remove(segment, [ids[2]!], causedBy('manual', NOW));
          expect(await moved()).toBe(NOW + 4); // the clock went back, and not what is known
        });
      },
    );

    storeTest(makeStore, 'cannot share an alias, whatever its case', async (store) => {
      await store.write(async (tx) => addSegment(tx, 'hot'));
      await expect(store.write(async (tx) => addSegment(tx, 'HOT'))).rejects.toMatchObject({
        name: 'UserError',
        code: 'TAKEN',
        exit: 1,
      });
      const second = await store.write(async (tx) => addSegment(tx, 'cold'));
      await expect(
        store.write(async (tx) =>
          tx.segments.update(second, segmentNamed('hot'), { now: NOW, by: null }),
        ),
      ).rejects.toMatchObject({ code: 'TAKEN', exit: 1 });
      await store.write(async (tx) =>
        tx.segments.update(second, segmentNamed('Cold'), { now: NOW, by: null }),
      );
      expect(
        (await store.read(async (tx) => tx.segments.list())).map((segment) => segment.alias),
      ).toEqual(['hot', 'Cold']);
    });

    storeTest(
      makeStore,
      'take a new definition and keep what they counted, even when handed a whole row',
      async (store) => {
        await store.write(async (tx) => {
          const segment = await addSegment(tx, 'hot');
          const [before] = await tx.segments.list();
          const ids = await addCrowd(tx, 3);
          await tx.members.add(segment, ids, causedBy('manual'));
          await tx.segments.stampBuilt([await stampOf(tx, segment, { joined: 3, left: 1 })], {
            now: NOW,
            runId: 7,
          });
          const [built] = await tx.segments.list();
          await tx.segments.update(
            segment,
            { ...before!, name: 'Hotter' },
            { now: NOW + DAY, by: 'ada' },
          );
          expect(await tx.segments.list()).toEqual([
            {
              ...built,
              name: 'Hotter',
              updatedAt: NOW + DAY,
              members: 3,
              anonymous: 1,
              joinedLastRun: 3,
              leftLastRun: 1,
              builtAt: NOW,
              builtRun: 7,
            },
          ]);
        });
      },
    );

    storeTest(makeStore, 'are stamped together', async (store) => {
      await store.write(async (tx) => {
        const [a, b, c] = [
          await addSegment(tx, 'a'),
          await addSegment(tx, 'b'),
          await addSegment(tx, 'c'),
        ];
        await tx.segments.stampBuilt(
          [await stampOf(tx, a, { joined: 1, left: 2 }), await stampOf(tx, c)],
          { now: NOW, runId: 3 },
        );
        await tx.segments.stampBuilt([], { now: NOW, runId: 4 });
        expect(
          (await tx.segments.list()).map(
            ({ id, builtAt, builtRun, joinedLastRun, leftLastRun }) => [
              id,
              builtAt,
              builtRun,
              joinedLastRun,
              leftLastRun,
            ],
          ),
        ).toEqual([
          [a, NOW, 3, 1, 2],
          [b, null, null, 0, 0],
          [c, NOW, 3, 0, 0],
        ]);
      });
    });

    storeTest(
      makeStore,
      'keep what their last build saw until their kind or filter becomes another',
      async (store) => {
        await store.write(async (tx) => {
          const id = await addSegment(tx, 'hot');
          const seen = async (): Promise<boolean> => (await tx.segments.list())[0]?.seen !== null;
          const edits: [Parameters<typeof segmentNamed>[1], boolean][] = [
            [{ name: 'Hotter', published: false }, true],
            [{ filter: '{"a":1}' }, false],
            [{ kind: 'static' }, false],
          ];
          for (const [more, keeps] of edits) {
            await tx.segments.update(id, segmentNamed('hot'), { now: NOW, by: null });
            await tx.segments.stampBuilt([await stampOf(tx, id)], { now: NOW, runId: 1 });
            await tx.segments.update(id, segmentNamed('hot', more), { now: NOW, by: null });
            expect([more, await seen()]).toEqual([more, keeps]);
          }
        });
      },
    );

    storeTest(
      makeStore,
      'are deleted with members, pins and history; their ids are not used again',
      async (store) => {
        const [hot, cold] = await store.write(async (tx) => {
          const segments = [await addSegment(tx, 'hot'), await addSegment(tx, 'cold')];
          const ids = await addCrowd(tx, 4);
          for (const segment of segments) {
            await tx.members.add(segment, ids, causedBy('manual'));
            await tx.members.remove(segment, [ids[0]!], causedBy('manual', NOW + DAY));
            await setPins(tx, segment, [ids[1]!], {
              kind: 'out',
              via: 'manual',
              by: null,
              reason: null,
              until: null,
              createdAt: NOW,
            });
          }
          await tx.segments.delete(segments[1]!, { now: NOW + DAY, by: null });
          return segments;
        });
        await store.read(async (tx) => {
          expect((await tx.segments.list()).map((segment) => segment.id)).toEqual([hot]);
          expect([await tx.members.count(hot!), await tx.members.count(cold!)]).toEqual([3, 0]);
          expect([
            await tx.members.count(hot!, { asOf: NOW }),
            await tx.members.count(cold!, { asOf: NOW + DAY }),
          ]).toEqual([4, 0]);
          expect([await tx.pins.count(hot!), await tx.pins.count(cold!)]).toEqual([
            { in: 0, out: 1, ending: 0 },
            { in: 0, out: 0, ending: 0 },
          ]);
        });
        expect(await store.write(async (tx) => addSegment(tx, 'cold'))).toBeGreaterThan(cold!);
      },
    );
  });
}
