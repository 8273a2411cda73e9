import { afterEach, beforeEach, expect, test } from 'vitest';
import { migrateStore } from '../../src/store/sqlite/migration/migrate.ts';
import {
  addCrowd,
  addSegment,
  causedBy,
  DAY,
  EVERYBODY,
  NOW,
  rebuild,
  setPins,
} from './conformance/fixture.ts';
import { type SqliteFixture, sqliteFixture } from './sqlite-fixture.ts';

/* What the tables of causes hold, beyond what the port shows. */

let fixture: SqliteFixture;
beforeEach(async () => {
  fixture = await sqliteFixture();
});
afterEach(async () => fixture.cleanup());

const rows = (statement: string): unknown[] => fixture.raw.prepare(statement).raw().all();

test('one decision in pages leaves one cause, its words once, and the version in force', async () => {
  const decided = { ...causedBy('manual'), by: 'ada', reason: 'met' };
  await fixture.store.write(async (tx) => {
    const ids = await addCrowd(tx, 4);
    const segment = await addSegment(tx, 'hot', { kind: 'static' });
    await tx.members.add(segment, ids.slice(0, 2), decided);
    await tx.members.add(segment, ids.slice(2), { ...decided });
    await tx.members.remove(segment, [ids[0]!], { ...decided, now: NOW + DAY });
  });
  expect(rows('select at, via, joined, "left", open, uses, version from causes')).toEqual([
    [NOW, 'manual', 4, 0, 3, 4, 1],
    [NOW + DAY, 'manual', 0, 1, 0, 1, 1],
  ]);
  expect(rows('select word from cause_words order by 1')).toEqual([['ada'], ['met']]);
});

test('a pin that another program replaces leaves no counter too low', async () => {
  await fixture.store.write(async (tx) => {
    const [first = 0] = await addCrowd(tx, 1);
    const segment = await addSegment(tx, 'hot', { kind: 'dynamic' });
    const out = { kind: 'out', until: null } as const;
    await tx.pins.set(segment, [first], out, causedBy('manual'));
  });
  fixture.raw.exec(`insert or replace into pins (segment_id, contact_id, kind, via, created_at)
    values (1, 1, 'in', 'manual', 0)`);
  const recounted = async () => fixture.store.write(async (tx) => tx.members.recountCauses([1]));
  expect(await recounted()).toEqual(new Map());
  fixture.raw.exec('update causes set open = 1');
  expect(await recounted()).toEqual(new Map([[1, 1]]));
  expect(rows('select open, uses from causes')).toEqual([[0, 0]]);
});

test('who is deleted after a segment left with it, which its cause counts', async () => {
  await fixture.store.write(async (tx) => {
    const ids = await addCrowd(tx, 3);
    const segment = await addSegment(tx, 'hot', { kind: 'static' });
    await tx.members.add(segment, ids, causedBy('manual'));
    await tx.segments.delete(segment, { now: NOW, by: null });
    await tx.contacts.delete(ids.slice(0, 2), { now: NOW, by: null });
  });
  expect(rows('select via, open, uses from causes order by id')).toEqual([
    ['manual', 0, 3],
    ['segment-deleted', 0, 2],
  ]);
});

test('what is inherited twice is counted once', async () => {
  await fixture.store.write(async (tx) => {
    const [first = 0, second = 0, third = 0] = await addCrowd(tx, 3);
    const segment = await addSegment(tx, 'hot', { kind: 'static' });
    await tx.members.add(segment, [first], causedBy('manual'));
    const rest = { values: {}, by: null, yielding: [] };
    await tx.contacts.merge({ ...rest, winner: second, losers: [first], now: NOW + DAY });
    await tx.contacts.merge({ ...rest, winner: third, losers: [second], now: NOW + 2 * DAY });
  });
  const miscounted = rows(`
    select id, uses
    from causes
    where uses <> (
      select count(*)
      from (
        select cause_id as id from joined
        union all select joined_cause from joined_history
        union all select left_cause from joined_history
        union all select joined_cause from deleted_history
        union all select left_cause from deleted_history
      ) as pointers
      where pointers.id = causes.id
    )`);
  expect(miscounted).toEqual([]);
});

test('pins of deleted segments are counted through merges and deletions', async () => {
  const out = { kind: 'out', until: null } as const;
  await fixture.store.write(async (tx) => {
    const [first = 0, second = 0, third = 0, fourth = 0] = await addCrowd(tx, 4);
    const segment = await addSegment(tx, 'hot', { kind: 'static' });
    for (const [index, id] of [first, second, third].entries())
      await tx.pins.set(segment, [id], out, { ...causedBy('manual'), now: NOW + index });
    await tx.segments.delete(segment, { now: NOW, by: null });
    const rest = { values: {}, by: null, yielding: [], now: NOW };
    await tx.contacts.merge({ ...rest, winner: first, losers: [second] });
    await tx.contacts.merge({ ...rest, winner: fourth, losers: [third] });
    await tx.contacts.delete([first], { now: NOW, by: null });
  });
  expect(
    rows("select at - (select min(at) from causes), uses from causes where via = 'manual'"),
  ).toEqual([
    [0, 0],
    [1, 0],
    [2, 1],
  ]);
});

test('a lost cause hides nobody', async () => {
  await fixture.store.write(async (tx) => {
    const ids = await addCrowd(tx, 3);
    const segment = await addSegment(tx, 'hot', { kind: 'static' });
    await tx.members.add(segment, ids, causedBy('manual'));
    await tx.members.remove(segment, [ids[2]!], causedBy('api', NOW + DAY));
  });
  fixture.raw.exec('delete from causes');
  expect(rows('select contact_id, since, via from memberships')).toEqual([
    [1, null, null],
    [2, null, null],
  ]);
  expect(rows('select contact_id, left_at from membership_history')).toEqual([[3, null]]);
  expect(rows('select contact_id, since, pin from segment_members')).toEqual([
    [1, null, null],
    [2, null, null],
  ]);
  const listed = await fixture.store.read(async (tx) => [
    await tx.members.list(1, {}),
    await tx.members.list(1, { asOf: NOW }),
    await tx.members.segmentsOf(1),
  ]);
  expect(listed).toMatchObject([
    [{ contactId: 1, joined: null }, { contactId: 2 }],
    [{ contactId: 1 }, { contactId: 2 }],
    [{ isMember: true, since: null, joined: null }],
  ]);
});

test('what nothing points to goes with its run, and its words with it', async () => {
  const run = await fixture.store.write(async (tx) => {
    const ids = await addCrowd(tx, 2);
    const segment = await addSegment(tx, 'hot', { kind: 'static' });
    const runId = await tx.runs.begin('segments:update', NOW, NOW);
    await tx.members.add(segment, [ids[0]!], { ...causedBy('filter', NOW, runId), by: 'ada' });
    await tx.members.add(segment, [ids[1]!], { ...causedBy('manual'), reason: 'met' });
    await tx.contacts.delete(ids, { now: NOW, by: null });
    return runId;
  });
  // of deleted contacts the intervals are kept aside
  fixture.raw.exec('delete from deleted_history; update causes set uses = 0');
  await fixture.store.write(async (tx) => tx.members.pruneCauses());
  expect(rows('select via, run_id, uses from causes')).toEqual([['filter', run, 0]]);
  expect(rows('select word from cause_words')).toEqual([['ada']]);
  await fixture.store.write(async (tx) => {
    await tx.runs.prune(NOW + DAY);
    await tx.members.pruneCauses();
  });
  expect([rows('select 1 from causes'), rows('select 1 from cause_words')]).toEqual([[], []]);
});

test('what something points to stays, whatever its counter says', async () => {
  const prune = async (): Promise<void> =>
    fixture.store.write(async (tx) => tx.members.pruneCauses());
  await fixture.store.write(async (tx) => {
    const ids = await addCrowd(tx, 1);
    const segment = await addSegment(tx, 'hot', { kind: 'static' });
    await tx.members.add(segment, ids, causedBy('manual'));
  });
  fixture.raw.exec('update causes set uses = 0');
  await prune();
  expect(rows('select via from causes')).toEqual([['manual']]);
  fixture.raw.exec('delete from joined');
  await prune();
  expect(rows('select via from causes')).toEqual([]);
});

test('who joins by a pin joins by a cause of the run, one for each author and reason', async () => {
  await fixture.store.write(async (tx) => {
    const ids = await addCrowd(tx, 3);
    const segment = await addSegment(tx, 'hot');
    for (const [index, reason] of ['met', 'asked', 'met'].entries())
      await setPins(tx, segment, [ids[index]!], {
        kind: 'in',
        via: 'manual',
        by: 'ada',
        reason,
        until: null,
        createdAt: NOW,
      });
    await rebuild(tx, segment, EVERYBODY, causedBy('filter', NOW + DAY, 7));
  });
  expect(
    rows(`select contact_id, causes.at, said.via, said."by", said.reason, causes.run_id
      from joined join segment_causes as said on said.id = cause_id join causes using (id)
      order by 1`),
  ).toEqual([
    [1, NOW + DAY, 'manual', 'ada', 'met', 7],
    [2, NOW + DAY, 'manual', 'ada', 'asked', 7],
    [3, NOW + DAY, 'manual', 'ada', 'met', 7],
  ]);
});

test('pins that another program writes and takes away are counted', async () => {
  await fixture.store.write(async (tx) => {
    const ids = await addCrowd(tx, 2);
    const segment = await addSegment(tx, 'hot');
    await tx.pins.set(segment, ids, { kind: 'in', until: null }, causedBy('manual'));
  });
  fixture.raw.exec('delete from pins where contact_id = 1');
  expect(rows('select open, uses from causes')).toEqual([[0, 1]]);
  fixture.raw.exec(
    "update pins set cause_id = null; insert into pins select 1, 1, 'in', 'api', null, null, null, 0, 1",
  );
  expect(rows('select open, uses from causes')).toEqual([[0, 1]]);
});

test('a single addition costs at most 60 bytes beside the membership', async () => {
  const many = 2_000;
  const { raw } = fixture;
  await fixture.store.write(async (tx) => {
    const segment = await addSegment(tx, 'hot', { kind: 'static' });
    const ids = await addCrowd(tx, many);
    for (const [index, id] of ids.entries())
      await tx.members.add(segment, [id], {
        ...causedBy('manual', NOW + index * 1_000),
        by: 'ada',
        reason: 'met at the fair',
      });
  });
  const bytes = (tables: string): number =>
    Number(raw.prepare(`select sum(pgsize) from dbstat where name in (${tables})`).pluck().get());
  expect(bytes("'causes', 'causes_at'") / many).toBeLessThan(60);
  expect(bytes("'joined'") / many).toBeLessThan(16);
});

test('a store of today is not migrated, and nothing is announced', async () => {
  let announced = 0;
  const announce = async (): Promise<void> => {
    announced += 1;
  };
  await migrateStore(fixture.path, { now: NOW, announce });
  expect(announced).toBe(0);
});
