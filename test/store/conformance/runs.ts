import { describe, expect } from 'vitest';
import type { RunSegmentRow } from '../../../src/store/index.ts';
import { addCrowd, addSegment, DAY, type MakeStore, NOW, storeTest } from './fixture.ts';

const totals = { segments: 4, changed: 2, joined: 10, left: 3, failed: 1, held: 1 };
const built: RunSegmentRow = {
  segmentId: 1,
  status: 'ok',
  mode: 'full',
  reason: 'first',
  joined: 10,
  left: 3,
  members: 7,
  ms: 5,
  error: null,
};

export function runsConformance(makeStore: MakeStore): void {
  describe('runs', () => {
    storeTest(makeStore, 'are listed newest first, page by page', async (store) => {
      await store.write(async (tx) => {
        const ids = [
          await tx.runs.begin('segments:update', NOW, NOW + 5),
          await tx.runs.begin('contacts:import', NOW, NOW),
          await tx.runs.begin('verify', NOW, NOW),
        ];
        await tx.runs.finish(ids[0]!, 'partial', totals, NOW + 9, 4);
        const [third, second, first] = await tx.runs.list({});
        expect([third?.id, second?.id, first?.id]).toEqual([ids[2], ids[1], ids[0]]);
        expect(first).toEqual({
          id: ids[0],
          command: 'segments:update',
          now: NOW,
          startedAt: NOW + 5,
          finishedAt: NOW + 9,
          status: 'partial',
          ms: 4,
          endedPins: 0,
          converted: 0,
          ...totals,
        });
        expect(second).toMatchObject({
          status: 'running',
          finishedAt: null,
          ms: null,
          segments: 0,
          joined: 0,
        });
        expect((await tx.runs.list({ limit: 2 })).map((run) => run.id)).toEqual([ids[2], ids[1]]);
        expect((await tx.runs.list({ after: ids[1], limit: 2 })).map((run) => run.id)).toEqual([
          ids[0],
        ]);
      });
    });

    storeTest(
      makeStore,
      'begun anew close those of dead runs of the same command',
      async (store) => {
        await store.write(async (tx) => {
          const dead = await tx.runs.begin('segments:update', NOW, NOW);
          const other = await tx.runs.begin('contacts:import', NOW, NOW);
          const done = await tx.runs.begin('verify', NOW, NOW);
          await tx.runs.finish(done, 'ok', totals, NOW, 1);
          const next = await tx.runs.begin('segments:update', NOW, NOW);
          await tx.runs.begin('verify', NOW, NOW);
          const status = new Map((await tx.runs.list({})).map((run) => [run.id, run.status]));
          expect([dead, other, done, next].map((id) => status.get(id))).toEqual([
            'interrupted',
            'running',
            'ok',
            'running',
          ]);
        });
      },
    );

    storeTest(
      makeStore,
      'are found by id, and the newest of a command by how it ended',
      async (store) => {
        await store.write(async (tx) => {
          const statuses = ['ok', 'partial', 'ok', 'failed'] as const;
          const ids: number[] = [];
          for (const status of statuses) {
            ids.push(await tx.runs.begin('segments:update', NOW, NOW));
            await tx.runs.finish(ids.at(-1)!, status, totals, NOW, 1);
          }
          const other = await tx.runs.begin('verify', NOW, NOW);
          expect((await tx.runs.find(ids[1]!))?.status).toBe('partial');
          expect(await tx.runs.find(999)).toBeUndefined();
          expect([
            (await tx.runs.last('segments:update'))?.id,
            (await tx.runs.last('segments:update', 'ok'))?.id,
            (await tx.runs.last('verify'))?.id,
          ]).toEqual([ids[3], ids[2], other]);
          expect([
            await tx.runs.last('segments:update', 'interrupted'),
            await tx.runs.last('restore'),
          ]).toEqual([undefined, undefined]);
        });
      },
    );

    storeTest(makeStore, 'say what was due when they began', async (store) => {
      await store.write(async (tx) => {
        const [first, second] = [
          await tx.runs.begin('segments:update', NOW, NOW),
          await tx.runs.begin('segments:update', NOW, NOW),
        ];
        await tx.runs.recordDue(second, { endedPins: 3, converted: 1 });
        await tx.runs.finish(second, 'ok', totals, NOW, 1);
        expect(await tx.runs.find(second)).toMatchObject({
          endedPins: 3,
          converted: 1,
          joined: 10,
        });
        expect(await tx.runs.find(first)).toMatchObject({ endedPins: 0, converted: 0 });
      });
    });

    storeTest(makeStore, 'beside others leave them alone', async (store) => {
      await store.write(async (tx) => {
        const done = await tx.runs.begin('segments:update', NOW, NOW);
        await tx.runs.begin('segments:update', NOW, NOW, { beside: true });
        await tx.runs.finish(done, 'ok', totals, NOW + 9, 9);
        expect((await tx.runs.list({})).map((run) => run.status)).toEqual(['running', 'ok']);
      });
    });

    storeTest(makeStore, 'say how each segment fared, by segment', async (store) => {
      await store.write(async (tx) => {
        const run = await tx.runs.begin('segments:update', NOW, NOW);
        const failed: RunSegmentRow = {
          ...built,
          segmentId: 2,
          status: 'failed',
          mode: null,
          reason: null,
          error: { code: 'CYCLE', message: 'a → b → a' },
        };
        await tx.runs.recordSegments(run, [failed, built]);
        await tx.runs.recordSegments(run, []);
        expect(await tx.runs.segments(run)).toEqual([built, failed]);
        expect(await tx.runs.segments(run + 1)).toEqual([]);
      });
    });

    storeTest(makeStore, 'say how one segment fared of late, newest first', async (store) => {
      await store.write(async (tx) => {
        const ids: number[] = [];
        for (const now of [NOW, NOW + 1, NOW + 2]) {
          ids.push(await tx.runs.begin('segments:update', now, now));
          await tx.runs.recordSegments(
            ids.at(-1)!,
            now === NOW + 1 ? [{ ...built, segmentId: 2 }] : [built, { ...built, segmentId: 2 }],
          );
        }
        expect(await tx.runs.ofSegment(1, 5)).toEqual([
          { ...built, runId: ids[2], now: NOW + 2 },
          { ...built, runId: ids[0], now: NOW },
        ]);
        expect((await tx.runs.ofSegment(2, 2)).map((row) => row.runId)).toEqual([ids[2], ids[1]]);
        expect(await tx.runs.ofSegment(3, 2)).toEqual([]);
      });
    });

    storeTest(makeStore, 'tell joins and leaves in them by what made these', async (store) => {
      await store.write(async (tx) => {
        await addCrowd(tx, 3);
        const list = await addSegment(tx, 'list', { kind: 'static' });
        const run = await tx.runs.begin('segments:update', NOW, NOW);
        const by = (name: string, runId: number | null = run, via = 'trigger') => ({
          ...{ via, name, now: NOW, runId },
        });
        await tx.members.add(list, [1, 2], by('hello'));
        await tx.members.remove(list, [1], by('bye'));
        await tx.members.add(list, [1], by('hello'));
        await tx.members.add(list, [3], by('hello', null));
        await tx.members.remove(list, [3], by('hello', run, 'filter'));
        expect(await tx.runs.moves({ id: run, now: NOW }, 'trigger')).toEqual([
          { name: 'hello', segmentId: list, joined: 3, left: 0 },
          { name: 'bye', segmentId: list, joined: 0, left: 1 },
        ]);
        expect(await tx.runs.moves({ id: run + 1, now: NOW }, 'trigger')).toEqual([]);
        const first = await tx.triggers.lastCause();
        await tx.members.remove(list, [1, 2], by('last'));
        const counted = { segmentId: list, after: first };
        expect([
          await tx.triggers.countMoves({ ...counted, change: 'left' }),
          await tx.triggers.countMoves({ ...counted, change: 'joined' }),
          await tx.triggers.countMoves({ ...counted, change: 'left', segmentId: list + 1 }),
        ]).toEqual([2, 0, 0]);
      });
    });

    storeTest(
      makeStore,
      'are forgotten with their segments when they began before',
      async (store) => {
        await store.write(async (tx) => {
          const ids: number[] = [];
          for (const startedAt of [NOW - DAY, NOW, NOW + DAY]) {
            ids.push(await tx.runs.begin('segments:update', NOW, startedAt));
            await tx.runs.recordSegments(ids.at(-1)!, [built]);
          }
          await tx.runs.prune(NOW);
          expect((await tx.runs.list({})).map((run) => run.id)).toEqual([ids[2], ids[1]]);
          expect(
            await Promise.all(ids.map(async (id) => (await tx.runs.segments(id)).length)),
          ).toEqual([0, 1, 1]);
          expect(await tx.runs.begin('segments:update', NOW, NOW)).toBeGreaterThan(ids[2]!);
        });
      },
    );
  });
}
