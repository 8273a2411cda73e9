import { describe, expect, test } from 'vitest';
import { addToSegment } from '../../src/segment/members.ts';
import { getSegment } from '../../src/segment/lookup.ts';
import {
  type UpdateReport,
  type UpdateRequest,
  updateSegments,
} from '../../src/segment/update/run.ts';
import type { SegmentRow, Store } from '../../src/store/index.ts';
import { dumpStore } from '../helpers/store-dump.ts';
import { raw } from './model/world.ts';
import {
  by,
  create,
  HOUR,
  memberIds,
  NOW,
  segment,
  setPoints,
  storeWith,
} from './segment-world.ts';

/*
 * One scene for each rule of what a run can be asked to mind; test/mutants takes the rules out one
 * by one.
 */

const DAY = 24 * HOUR;
const LATER = NOW + HOUR;

async function run(store: Store, more: Partial<UpdateRequest> = {}): Promise<UpdateReport> {
  return updateSegments(store, { segments: [], now: NOW, ...more });
}

/** `hot limited -2 +1 (full)`, segment by segment. */
function told({ reports }: UpdateReport): string {
  return reports
    .map(({ alias, status, mode, joined, left }) => {
      const figures = `${left > 0 ? ` -${left}` : ''}${joined > 0 ? ` +${joined}` : ''}`;
      return `${alias} ${status}${figures}${mode === null ? '' : ` (${mode})`}`;
    })
    .join(', ');
}

function sql(store: Store, ...statements: string[]): void {
  raw(store, (db) => {
    for (const statement of statements) db.exec(statement);
  });
}

async function state(
  store: Store,
  alias: string,
): Promise<Pick<SegmentRow, 'builtAt' | 'seen' | 'members'>> {
  const { builtAt, seen, members } = await segment(store, alias);
  return { builtAt, seen, members };
}

/** Ten contacts, all of them in `hot`. */
async function tenHot(): Promise<Store> {
  const store = await storeWith(Array.from({ length: 10 }, () => 80));
  await create(store, 'hot', { where: 'points >= 50' });
  await run(store);
  return store;
}

describe('a guard', () => {
  const share = { kind: 'share', share: 0.2 } as const;

  test('refuses to let more leave than it allows: the segment keeps its members and what it has seen', async () => {
    const store = await tenHot();
    await create(store, 'top', { where: 'in segment hot' });
    await run(store);
    const before = await state(store, 'hot');
    for (const id of [1, 2, 3]) await setPoints(store, id, 0);
    const held = await run(store, { now: LATER, maxShrink: share });
    expect([told(held), held.held, held.failed]).toEqual(['hot held (delta), top ok (skip)', 1, 0]);
    expect(held.reports.map(({ reason }) => reason)).toEqual([
      '3 of 10 members would leave: more than --max-shrink 20%',
      'nothing changed, on the last good members of 1 held segment',
    ]);
    expect(await state(store, 'hot')).toEqual(before);
    expect((await store.read(async (tx) => tx.runs.last('segments:update')))?.status).toBe(
      'partial',
    );
    expect(told(await run(store, { now: LATER }))).toBe('hot ok -3 (delta), top ok -3 (delta)');
  });

  test('lets through what is at its bound', async () => {
    const store = await tenHot();
    for (const id of [1, 2]) await setPoints(store, id, 0);
    expect(told(await run(store, { maxShrink: share }))).toBe('hot ok -2 (delta)');
  });

  test('refuses to let too many join', async () => {
    const store = await storeWith([80, 80, 10, 10]);
    await create(store, 'hot', { where: 'points >= 50' });
    await run(store);
    for (const id of [3, 4]) await setPoints(store, id, 80);
    const held = await run(store, { maxGrow: { kind: 'share', share: 0.5 } });
    expect([told(held), held.reports[0]?.reason]).toEqual([
      'hot held (delta)',
      '2 would join 2 members: more than --max-grow 50%',
    ]);
    expect(told(await run(store, { maxGrow: { kind: 'count', count: 1 }, full: true }))).toBe(
      'hot held (full)',
    );
    expect(told(await run(store, { maxGrow: { kind: 'count', count: 2 } }))).toBe(
      'hot ok +2 (delta)',
    );
  });

  test('sees an exchange of members, pinned ones too', async () => {
    const store = await storeWith([80, 80, 10, 10]);
    await create(store, 'hot', { where: 'points >= 50' });
    await run(store);
    sql(
      store,
      `insert into pins (segment_id, contact_id, kind, via, created_at)
        select 1, id, iif(id > 2, 'in', 'out'), 'api', 0
        from contacts`,
    );
    expect(told(await run(store, { maxShrink: share }))).toBe('hot held (delta)');
  });

  test('is not for a first build, and a share not for a segment without members', async () => {
    const store = await storeWith([10, 10]);
    await create(store, 'hot', { where: 'points >= 50' });
    await create(store, 'cold', { where: 'points < 50' });
    expect(told(await run(store, { maxGrow: { kind: 'count', count: 0 } }))).toBe(
      'hot ok (full), cold ok +2 (full)',
    );
    await setPoints(store, 1, 80);
    expect(told(await run(store, { maxGrow: { kind: 'share', share: 0 } }))).toBe(
      'hot ok +1 (delta), cold ok -1 (delta)',
    );
  });
});

describe('a limit of changes', () => {
  test('is spent on those who leave first; runs after it come to the whole', async () => {
    const store = await tenHot();
    sql(
      store,
      'insert into contacts (points, created_at, updated_at) values (80, 0, 0), (80, 0, 0)',
    );
    for (const id of [1, 2, 3]) await setPoints(store, id, 0);
    const outcomes: string[] = [];
    for (let round = 0; round < 4; round += 1)
      outcomes.push(told(await run(store, { now: LATER + round, maxChanges: 2 })));
    expect(outcomes).toEqual([
      'hot limited -2 (delta)',
      'hot limited -1 +1 (full)',
      'hot ok +1 (full)',
      'hot ok (skip)',
    ]);
    expect(await memberIds(store, 'hot')).toBe('4 5 6 7 8 9 10 11 12');
  });

  test('leaves the segment unstamped, and tells those that refer to it', async () => {
    const store = await tenHot();
    await create(store, 'top', { where: 'in segment hot' });
    await run(store);
    for (const id of [1, 2, 3]) await setPoints(store, id, 0);
    const report = await run(store, { now: LATER, maxChanges: 2 });
    expect(told(report)).toBe('hot limited -2 (delta), top ok -2 (delta)');
    expect(report.reports.map(({ reason }) => reason)).toEqual([
      '3 contacts may have changed; 1 change left for the next run by --max-contacts',
      '2 contacts may have changed, on the members so far of 1 limited segment',
    ]);
    expect(await state(store, 'hot')).toEqual({ builtAt: NOW, seen: null, members: 8 });
    expect((await store.read(async (tx) => tx.runs.last('segments:update')))?.status).toBe(
      'partial',
    );
  });

  test('is no build to start from: the clock may go back to where the last one was', async () => {
    const store = await storeWith([0, 0]);
    await store.write(async (tx) => tx.contacts.update([1, 2], { last_active_at: NOW - DAY }, NOW));
    await create(store, 'active', { where: 'last_active_at in last 2 days' });
    await run(store);
    expect(told(await run(store, { now: NOW + 2 * DAY, maxChanges: 1 }))).toBe(
      'active limited -1 (delta)',
    );
    expect(told(await run(store))).toBe('active ok +1 (full)');
  });
});

/** Whom a report of a dry run names. */
function namedBy({ alias, named }: UpdateReport['reports'][number]): unknown[] {
  return [alias, named && [...named.joining], named && [...named.leaving]];
}

describe('a dry run', () => {
  test('tells what the run would do, segments of segments included, and writes nothing', async () => {
    const store = await storeWith([80, 10, 90]);
    await create(store, 'hot', { where: 'points >= 50' });
    await create(store, 'top', { where: 'in segment hot and points > 70' });
    await create(store, 'bad', { where: 'points < 0' });
    await run(store);
    await setPoints(store, 1, 0);
    await setPoints(store, 2, 99);
    sql(store, "update segments set filter = 'broken' where alias = 'bad'");
    const before = dumpStore(store.location);
    const dry = await run(store, { now: LATER, dryRun: true });
    expect(dumpStore(store.location)).toEqual(before);
    expect({ runId: dry.runId, named: dry.reports.map(namedBy) }).toEqual({
      runId: null,
      named: [
        ['hot', [2], [1]],
        ['top', [2], [1]],
        ['bad', undefined, undefined],
      ],
    });
    const real = await run(store, { now: LATER });
    expect(told(dry)).toBe(told(real));
    expect([real.joined, real.left, real.failed]).toEqual([dry.joined, dry.left, dry.failed]);
  });

  test('of a first build writes nothing either, no index and no trigger', async () => {
    const store = await storeWith([80]);
    await create(store, 'recent', { where: 'last_active_at in last 2 days or points > 50' });
    sql(store, 'drop trigger capture_contacts_update');
    const schema = (): unknown[] => {
      let names: unknown[] = [];
      raw(
        store,
        (db) => (names = db.prepare('select name from sqlite_schema order by 1').pluck().all()),
      );
      return names;
    };
    const [before, names] = [dumpStore(store.location), schema()];
    expect(told(await run(store, { dryRun: true }))).toBe('recent ok +1 (full)');
    expect([dumpStore(store.location), schema()]).toEqual([before, names]);
  });
});

describe('little time', () => {
  /** Enough for so many segments. */
  const timeFor = (segments: number): UpdateRequest['isTimeUp'] => {
    let asked = 1;
    return () => (asked += 1) > segments;
  };

  async function threeSegments(): Promise<Store> {
    const store = await storeWith([80]);
    for (const alias of ['one', 'two', 'three'])
      await create(store, alias, { where: 'points >= 50' });
    return store;
  }

  test('ends a run between two segments, and the next begins with what is oldest', async () => {
    const store = await threeSegments();
    expect(told(await run(store, { isTimeUp: timeFor(2) }))).toBe(
      'one ok +1 (full), two ok +1 (full), three not_reached',
    );
    const recorded = await store.read(async (tx) =>
      tx.runs.segments((await tx.runs.last('segments:update'))?.id ?? 0),
    );
    expect(recorded.map(({ status, reason }) => [status, reason])).toEqual([
      ['ok', 'first build'],
      ['ok', 'first build'],
      ['not_reached', 'time ran out'],
    ]);
    expect((await store.read(async (tx) => tx.runs.last('segments:update')))?.status).toBe(
      'partial',
    );
    expect(told(await run(store, { now: LATER, isTimeUp: timeFor(2) }))).toBe(
      'three ok +1 (full), one ok (skip), two not_reached',
    );
    expect(told(await run(store, { now: LATER + 1, isTimeUp: timeFor(3) }))).toBe(
      'two ok (skip), one ok (skip), three ok (skip)',
    );
  });

  test('is enough for one segment', async () => {
    expect(told(await run(await threeSegments(), { isTimeUp: () => true }))).toBe(
      'one ok +1 (full), two not_reached, three not_reached',
    );
  });

  test('does not put a segment before those that it refers to', async () => {
    const store = await threeSegments();
    await run(store, { segments: ['one'] });
    await create(store, 'top', { where: 'in segment one' });
    expect(told(await run(store, { now: LATER, segments: ['top'], isTimeUp: timeFor(1) }))).toBe(
      'one ok (skip), top not_reached',
    );
  });
});

test('segments that are left out stay as they are, and those that refer to them are told', async () => {
  const store = await tenHot();
  await create(store, 'top', { where: 'in segment hot' });
  await setPoints(store, 1, 0);
  const report = await run(store, { exclude: ['hot'] });
  expect([told(report), report.reports[0]?.reason]).toEqual([
    'top ok +10 (full)',
    'first build, on the present members of 1 excluded segment',
  ]);
  await expect(run(store, { exclude: ['host'] })).rejects.toMatchObject({
    code: 'UNKNOWN_SEGMENT',
    exit: 2,
  });
});

test.each([1, 3, 100])(
  'at most %i contacts in one statement make the same members',
  async (batch) => {
    const store = await storeWith([80, 10, 90, 20, 70, 60, 5]);
    await create(store, 'hot', { where: 'points >= 50' });
    await store.write(async (tx) => addToSegment(tx, await getSegment(tx, 'hot'), [2], by(NOW)));
    expect(told(await run(store, { batch }))).toBe('hot ok +4 (full)');
    for (const id of [1, 3, 4]) await setPoints(store, id, id === 4 ? 99 : 0);
    expect(told(await run(store, { batch }))).toBe('hot ok -2 +1 (delta)');
    expect(await memberIds(store, 'hot')).toBe('2 4 5 6');
  },
);

describe('beside another run', () => {
  /** As a live run leaves things that has made the segment true as of a later instant. */
  const buildBeside = (store: Store, status: string): void => {
    sql(
      store,
      `insert into runs (command, now, started_at, status)
        values ('segments:update', ${LATER}, ${Date.now()}, '${status}')`,
      `update segments set built_at = ${LATER}, built_run = (select max(id) from runs) where alias = 'hot'`,
    );
  };

  test('a clock that was read does not go back behind it', async () => {
    const store = await tenHot();
    await setPoints(store, 1, 0);
    buildBeside(store, 'running');
    const report = await run(store, { isClockRead: true, beside: true });
    expect([told(report), report.reports[0]?.reason]).toEqual([
      'hot ok (skip)',
      'another run made it true as of 2026-03-01T11:00:00Z',
    ]);
    expect(await state(store, 'hot')).toMatchObject({ builtAt: LATER, members: 10 });
  });

  test('a clock that was asked for does, and so does one beside a dead run', async () => {
    for (const [status, isClockRead] of [
      ['running', false],
      ['interrupted', true],
    ] as const) {
      const store = await tenHot();
      await setPoints(store, 1, 0);
      buildBeside(store, status);
      expect(told(await run(store, { isClockRead, beside: true }))).toBe('hot ok -1 (delta)');
    }
  });

  test('its record is left alone', async () => {
    const store = await tenHot();
    buildBeside(store, 'running');
    await run(store, { beside: true });
    expect((await store.read(async (tx) => tx.runs.list({}))).map(({ status }) => status)).toEqual([
      'ok',
      'running',
      'ok',
    ]);
    await run(store);
    expect((await store.read(async (tx) => tx.runs.list({}))).map(({ status }) => status)).toEqual([
      'ok',
      'ok',
      'interrupted',
      'ok',
    ]);
  });
});
