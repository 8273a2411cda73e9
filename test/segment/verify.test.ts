import { describe, expect, test } from 'vitest';
import { addToSegment, unpinFromSegment } from '../../src/segment/members.ts';
import { getSegment } from '../../src/segment/lookup.ts';
import { createTrigger } from '../../src/segment/triggers/save.ts';
import { updateSegments } from '../../src/segment/update/run.ts';
import { type VerifyRequest, verifySegments } from '../../src/segment/update/verify.ts';
import type { Store } from '../../src/store/index.ts';
import { dumpStore } from '../helpers/store-dump.ts';
import { raw } from './model/world.ts';
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
} from './segment-world.ts';

const DAY = 24 * HOUR;

function sql(store: Store, ...statements: string[]): void {
  raw(store, (db) => {
    for (const statement of statements) db.exec(statement);
  });
}

/** `hot: missing 1, extra 3 4, members 2 for 3`, for each segment with a finding. */
async function verify(store: Store, more: Partial<VerifyRequest> = {}): Promise<string> {
  const { segments } = await verifySegments(store, { segments: [], now: NOW, ...more });
  return segments
    .map(({ alias, missing, extra, counters, causes, error }) => {
      const lists = Object.entries({ missing, extra })
        .filter(([, ids]) => ids.length > 0)
        .map(([kind, ids]) => `${kind} ${[...ids].join(' ')}`);
      const found = [
        ...lists,
        ...counters.map(({ name, stored, counted }) => `${name} ${stored} for ${counted}`),
        ...(causes === 0 ? [] : [`causes ${causes}`]),
        ...(error === null ? [] : [`error ${error.code}`]),
      ];
      return found.length === 0 ? '' : `${alias}: ${found.join(', ')}`;
    })
    .filter((line) => line !== '')
    .join('; ');
}

/** Contacts 1, 2 and 3 are in `hot`, 1 and 2 in `top`, 4 nowhere; `list` holds 1 and 4. */
async function world(): Promise<Store> {
  const store = await storeWith([80, 90, 60, 10]);
  await create(store, 'hot', { where: 'points >= 50' });
  await create(store, 'top', { where: 'in segment hot and points > 70' });
  await create(store, 'list');
  await store.write(async (tx) => addToSegment(tx, await getSegment(tx, 'list'), [1, 4], by(NOW)));
  await updateSegments(store, { segments: [], now: NOW });
  return store;
}

describe('verify finds', () => {
  test('nothing where all is as it should be, and writes nothing', async () => {
    const store = await world();
    const before = dumpStore(store.location);
    expect(await verify(store)).toBe('');
    expect(dumpStore(store.location)).toEqual(before);
  });

  test('members that others took away or wrote, and who hangs on them', async () => {
    const store = await world();
    sql(
      store,
      'delete from joined where segment_id = 1 and contact_id = 2',
      'insert into joined select 1, 4, min(id) from causes where segment_id = 1',
      'insert into joined select 2, 3, min(id) from causes where segment_id = 2',
    );
    const before = dumpStore(store.location);
    expect(await verify(store)).toBe(
      'hot: missing 2, extra 4; top: extra 3, members 2 for 3, causes 1',
    );
    expect(dumpStore(store.location)).toEqual(before);
  });

  test('what was changed while triggers were off, whether the schema tells of it or not', async () => {
    for (const traceless of [false, true]) {
      const store = await world();
      raw(store, (db) => {
        const version = db.pragma('schema_version', { simple: true });
        const trigger = db
          .prepare("select sql from sqlite_schema where name = 'capture_contacts_update'")
          .pluck()
          .get() as string;
        db.exec(
          'drop trigger capture_contacts_update; update contacts set points = 99 where id = 4',
        );
        if (!traceless) return;
        db.exec(trigger);
        db.pragma(`schema_version = ${String(version)}`);
      });
      expect(await verify(store)).toBe('hot: missing 4; top: missing 4');
    }
  });

  test('whom triggers act on, where a repair makes them join', async () => {
    const store = await world();
    const options = { name: 'on', whenJoins: 'hot', add: ['list'], existing: false };
    await store.write(async (tx) => createTrigger(tx, options, { now: NOW, by: null }));
    sql(store, 'delete from joined where segment_id = 1 and contact_id = 2');
    const request = { segments: [], now: NOW + HOUR };
    expect((await verifySegments(store, request)).triggers).toEqual([]);
    const { triggers } = await verifySegments(store, { ...request, repair: true });
    expect(triggers).toMatchObject([{ name: 'on', contacts: 1, acted: [{ joined: 1 }] }]);
    expect(await memberIds(store, 'list')).toBe('1 2 4');
    expect((await updateSegments(store, request)).triggers).toEqual([]);
  });

  test('members against a pin', async () => {
    const store = await world();
    await store.write(async (tx) => addToSegment(tx, await getSegment(tx, 'hot'), [4], by(NOW)));
    await updateSegments(store, { segments: [], now: NOW });
    sql(
      store,
      'delete from joined where segment_id = 1 and contact_id = 4',
      'update segments set members = 3 where id = 1',
    );
    expect(await verify(store)).toBe('hot: missing 4, causes 1');
  });

  test('counters, of static segments too', async () => {
    const store = await world();
    sql(
      store,
      'update segments set members = 7 where id = 1',
      'update segments set anonymous = 1 where id = 3',
      'update contacts set identified_at = null where id = 2',
    );
    expect(await verify(store)).toBe('hot: members 7 for 3; list: anonymous 1 for 0');
  });

  test('members whose contact is gone and nobody logged it', async () => {
    const store = await world();
    raw(store, (db) => {
      db.exec(
        'update capture set bulk = 1; delete from contacts where id = 1; update capture set bulk = 0',
      );
    });
    expect(await verify(store)).toBe('hot: extra 1; top: extra 1; list: extra 1');
    expect(await verify(store, { repair: true })).toContain('list: extra 1');
    expect([(await segment(store, 'list')).members, await verify(store)]).toEqual([1, '']);
  });

  test('segments that cannot be built, and goes on with the others', async () => {
    const store = await world();
    sql(
      store,
      "update segments set filter = 'broken' where alias = 'hot'",
      'delete from joined where segment_id = 2 and contact_id = 1',
    );
    expect(await verify(store)).toBe(
      'hot: error FILTER; top: missing 1, members 2 for 1, causes 1',
    );
  });
});

test('changes that the next update would make are no finding', async () => {
  const store = await world();
  await store.write(async (tx) => tx.contacts.update([2], { last_active_at: NOW - DAY }, NOW));
  await create(store, 'recent', { where: 'last_active_at in last 2 days' });
  await create(store, 'unbuilt', { where: 'points < 50' });
  await updateSegments(store, { segments: ['recent'], now: NOW });
  await setPoints(store, 1, 0);
  await store.write(async (tx) => addToSegment(tx, await getSegment(tx, 'top'), [4], by(NOW)));
  await updateSegments(store, { segments: ['top'], now: NOW });
  await store.write(async (tx) => unpinFromSegment(tx, await getSegment(tx, 'top'), [4]));
  sql(
    store,
    "insert into pins (segment_id, contact_id, kind, via, created_at) values (1, 4, 'in', 'api', 0)",
    'delete from contacts where id = 3',
  );
  expect(await verify(store, { now: NOW + 2 * DAY })).toBe('');
});

test('named segments are verified with those that they refer to', async () => {
  const store = await world();
  sql(
    store,
    'delete from joined where segment_id = 1 and contact_id = 3',
    'delete from joined where segment_id = 3 and contact_id = 1',
  );
  expect(
    (await verifySegments(store, { segments: ['top'], now: NOW })).segments.map(
      ({ alias }) => alias,
    ),
  ).toEqual(['hot', 'top']);
  expect(await verify(store, { segments: ['top'] })).toBe(
    'hot: missing 3, members 3 for 2, causes 1',
  );
  expect(await verify(store, { segments: ['3'] })).toBe('list: members 2 for 1, causes 1');
  await expect(verify(store, { segments: ['lost'] })).rejects.toMatchObject({
    code: 'UNKNOWN_SEGMENT',
    exit: 2,
  });
});

test('repair puts right what it finds, with history and a record, and finds nothing again', async () => {
  const store = await world();
  sql(
    store,
    'drop trigger capture_contacts_update; update contacts set points = 99 where id = 4',
    'delete from joined where segment_id = 1 and contact_id = 2',
    'insert into joined select 2, 3, min(id) from causes where segment_id = 2',
  );
  expect(await verify(store, { repair: true, now: NOW + HOUR })).toBe(
    'hot: missing 2 4, members 3 for 2, causes 1; ' +
      'top: missing 4, extra 3, members 2 for 3, causes 1',
  );
  expect([await memberIds(store, 'hot'), await memberIds(store, 'top')]).toEqual([
    '1 2 3 4',
    '1 2 4',
  ]);
  expect((await members(store, 'hot')).map(({ since }) => since)).toEqual([
    NOW,
    NOW + HOUR,
    NOW,
    NOW + HOUR,
  ]);
  raw(store, (db) =>
    expect(
      db
        .prepare('select segment_id, contact_id, joined_at, left_at from membership_history')
        .raw()
        .all(),
    ).toEqual([[2, 3, NOW, NOW + HOUR]]),
  );
  const recorded = await store.read(async (tx) => tx.runs.last('segments:verify'));
  expect(recorded).toMatchObject({ status: 'ok', segments: 2, changed: 2, joined: 3, left: 1 });
  expect(await verify(store, { now: NOW + HOUR })).toBe('');
  raw(store, (db) =>
    expect(
      db
        .prepare("select count(*) from sqlite_schema where name = 'capture_contacts_update'")
        .pluck()
        .get(),
    ).toBe(1),
  );
  await setPoints(store, 1, 0);
  expect(
    (await updateSegments(store, { segments: [], now: NOW + HOUR })).reports.map(
      ({ left }) => left,
    ),
  ).toEqual([1, 1]);
});
