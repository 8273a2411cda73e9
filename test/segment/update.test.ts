import { expect, test } from 'vitest';
import { deleteSegment, editSegment } from '../../src/segment/definition.ts';
import { getSegment } from '../../src/segment/lookup.ts';
import { orderByReference } from '../../src/segment/update/order.ts';
import { updateSegments } from '../../src/segment/update/run.ts';
import type { SegmentRow, Store } from '../../src/store/index.ts';
import {
  by,
  create,
  HOUR,
  memberIds,
  members,
  NOW,
  segment,
  setPoints,
  storeWith,
  update,
} from './segment-world.ts';

const LATER = NOW + HOUR;

/** Breaks a stored filter as only another tool can. */
async function breakFilter(store: Store, alias: string): Promise<void> {
  await store.write(async (tx) => {
    const row = await getSegment(tx, alias);
    await tx.segments.update(row.id, { ...row, filter: 'not a filter' }, { now: NOW, by: null });
  });
}

test('the first run builds, a second one changes nothing and says so', async () => {
  const store = await storeWith([80, 10, 90]);
  await create(store, 'hot', { where: 'points >= 50' });
  await create(store, 'list');
  expect(await update(store, NOW)).toMatchObject({
    segments: 1,
    changed: 1,
    joined: 2,
    left: 0,
    failed: 0,
    reports: [
      {
        alias: 'hot',
        status: 'ok',
        mode: 'full',
        reason: 'first build',
        joined: 2,
        left: 0,
        members: 2,
        error: null,
      },
    ],
  });
  expect(await segment(store, 'hot')).toMatchObject({
    builtAt: NOW,
    members: 2,
    joinedLastRun: 2,
    leftLastRun: 0,
  });
  expect(await update(store, LATER)).toMatchObject({
    segments: 1,
    changed: 0,
    joined: 0,
    left: 0,
    failed: 0,
  });
  expect(await segment(store, 'hot')).toMatchObject({
    builtAt: LATER,
    members: 2,
    joinedLastRun: 0,
    leftLastRun: 0,
  });
  expect(await segment(store, 'list')).toMatchObject({ builtAt: null });
});

test('members join and leave by their data; who stays keeps since', async () => {
  const store = await storeWith([80, 10, 90]);
  await create(store, 'hot', { where: 'points >= 50' });
  await update(store, NOW);
  await setPoints(store, 1, 0);
  await setPoints(store, 2, 60);
  expect(await update(store, LATER)).toMatchObject({ changed: 1, joined: 1, left: 1 });
  expect((await members(store, 'hot')).map(({ contactId, since }) => [contactId, since])).toEqual([
    [2, LATER],
    [3, NOW],
  ]);
});

test('segments that are referred to come first, whatever their ids', async () => {
  const store = await storeWith([80, 10, 90]);
  await create(store, 'top', { where: 'points >= 85' });
  await create(store, 'base', { where: 'points >= 50' });
  await store.write(async (tx) =>
    editSegment(
      tx,
      await getSegment(tx, 'top'),
      { where: 'in segment base and points >= 85' },
      by(NOW),
    ),
  );
  const report = await update(store, NOW);
  expect(report.reports.map((one) => one.alias)).toEqual(['base', 'top']);
  expect(await memberIds(store, 'top')).toBe('3');
});

test('naming a segment also updates those it refers to, and no other', async () => {
  const store = await storeWith([80]);
  await create(store, 'base', { where: 'points >= 50' });
  await create(store, 'top', { where: 'in segment base' });
  await create(store, 'other', { where: 'points >= 50' });
  expect((await update(store, NOW, 'top')).reports.map((one) => one.alias)).toEqual([
    'base',
    'top',
  ]);
  expect(await segment(store, 'other')).toMatchObject({ builtAt: null });
});

test('a static segment by name is a notice, an unpublished one is refused, an unknown one too', async () => {
  const store = await storeWith([80]);
  await create(store, 'list');
  await create(store, 'draft', { where: 'points >= 50', published: false });
  expect(await update(store, NOW, 'list')).toMatchObject({
    segments: 0,
    notices: ['segment list is static: there is nothing to update'],
  });
  await expect(update(store, NOW, 'draft')).rejects.toMatchObject({ code: 'UNPUBLISHED', exit: 1 });
  await expect(update(store, NOW, 'lost')).rejects.toMatchObject({
    code: 'UNKNOWN_SEGMENT',
    exit: 2,
    hint: 'did you mean list?',
  });
  expect(await update(store, NOW)).toMatchObject({ segments: 0 });
});

test('a segment that is named and left out is a notice', async () => {
  const store = await storeWith([80]);
  await create(store, 'list');
  await create(store, 'hot', { where: 'points >= 50' });
  const both = { segments: ['hot', 'hot', 'list'], exclude: ['hot'], now: NOW };
  expect(await updateSegments(store, both)).toMatchObject({
    segments: 0,
    notices: [
      'segment hot is named and left out: it stays as it is',
      'segment list is static: there is nothing to update',
    ],
  });
});

/** Built; since then the filter of `bad` was broken, and a contact left `good`. */
async function storeWithBrokenSegment(): Promise<Store> {
  const store = await storeWith([80, 10]);
  await create(store, 'bad', { where: 'points >= 50' });
  await create(store, 'top', { where: 'in segment bad' });
  await create(store, 'good', { where: 'points < 50' });
  await update(store, NOW);
  await breakFilter(store, 'bad');
  await setPoints(store, 2, 90);
  return store;
}

test('a segment that fails keeps its members, the others go on, and those that refer to it are told', async () => {
  const store = await storeWithBrokenSegment();
  const report = await update(store, LATER);
  expect(report).toMatchObject({ failed: 1, segments: 3 });
  expect(report.reports.find((one) => one.alias === 'bad')).toMatchObject({
    status: 'failed',
    mode: null,
    members: 1,
    error: { code: expect.any(String), message: expect.any(String) },
  });
  expect(report.reports.find((one) => one.alias === 'top')).toMatchObject({
    status: 'ok',
    reason: 'nothing changed, on the last good members of 1 failed segment',
  });
  expect(await memberIds(store, 'bad')).toBe('1');
  expect(await memberIds(store, 'top')).toBe('1');
  expect(await memberIds(store, 'good')).toBe('');
  expect(await segment(store, 'bad')).toMatchObject({ builtAt: NOW });
  const [run] = await store.read(async (tx) => tx.runs.list({ limit: 1 }));
  expect(run).toMatchObject({ status: 'partial', failed: 1, segments: 3 });
  const recorded = await store.read(async (tx) => tx.runs.segments(report.runId ?? 0));
  expect(recorded.filter((row) => row.error !== null)).toHaveLength(1);
});

test('an unfinished run is closed as interrupted by the next', async () => {
  const store = await storeWith([80]);
  await store.write(async (tx) => tx.runs.begin('segments:update', NOW, Date.now()));
  await update(store, LATER);
  expect((await store.read(async (tx) => tx.runs.list({}))).map((run) => run.status)).toEqual([
    'ok',
    'interrupted',
  ]);
});

test('a contact deleted with another tool is taken along, from static segments too, and is no left', async () => {
  const store = await storeWith([80, 90]);
  await create(store, 'hot', { where: 'points >= 50' });
  await create(store, 'list');
  await store.write(async (tx) =>
    tx.members.add(2, [1, 2], { via: 'manual', now: NOW, runId: null }),
  );
  await update(store, NOW);
  await deleteBehindOurBack(store, 1);
  expect(await update(store, LATER)).toMatchObject({ joined: 0, left: 0 });
  expect(await memberIds(store, 'hot')).toBe('2');
  expect(await segment(store, 'hot')).toMatchObject({ members: 1 });
  expect(await segment(store, 'list')).toMatchObject({ members: 1 });
});

async function deleteBehindOurBack(store: Store, id: number): Promise<void> {
  const { default: Sqlite } = await import('better-sqlite3');
  const raw = new Sqlite(store.location);
  raw.pragma('foreign_keys = off');
  raw.prepare('delete from contacts where id = ?').run(id);
  raw.close();
}

test('what others refer to can be neither unpublished nor deleted', async () => {
  const store = await storeWith([80]);
  await create(store, 'base', { where: 'points >= 50' });
  await create(store, 'top', { where: 'in segment base' });
  await expect(
    store.write(async (tx) =>
      deleteSegment(tx, await getSegment(tx, 'base'), { now: NOW, by: null }),
    ),
  ).rejects.toMatchObject({
    code: 'IN_USE',
    exit: 1,
    message: 'segment base cannot be deleted: top refers to it',
  });
  await expect(
    store.write(async (tx) =>
      editSegment(tx, await getSegment(tx, 'base'), { published: false }, by(NOW)),
    ),
  ).rejects.toMatchObject({ code: 'IN_USE' });
  await store.write(async (tx) =>
    deleteSegment(tx, await getSegment(tx, 'top'), { now: NOW, by: null }),
  );
  await store.write(async (tx) =>
    deleteSegment(tx, await getSegment(tx, 'base'), { now: NOW, by: null }),
  );
  expect(await store.read(async (tx) => tx.segments.list())).toEqual([]);
});

test('order: a diamond is no cycle, and a cycle fails only its own segments', () => {
  const refer = (id: number, ...to: number[]): SegmentRow =>
    ({ id, alias: `s${id}`, filter: JSON.stringify({ id, to }) }) as unknown as SegmentRow;
  const { ordered, cyclic } = orderByReference(
    [
      refer(1, 2, 3),
      refer(2, 4),
      refer(3, 4),
      refer(4),
      refer(5, 6),
      refer(6, 7),
      refer(7, 5),
      refer(8, 5),
    ],
    (segment) => (JSON.parse(segment.filter ?? '') as { to: number[] }).to,
  );
  expect(ordered.map((segment) => segment.id)).toEqual([4, 2, 3, 1, 8]);
  expect(cyclic.map((segment) => segment.id)).toEqual([5, 6, 7]);
});
