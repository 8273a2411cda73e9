import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  addCrowd,
  addSegment,
  causedBy,
  DAY,
  EVERYBODY,
  NOBODY,
  NOW,
  rebuild,
  segmentNamed,
} from './conformance/fixture.ts';
import { type SqliteFixture, sqliteFixture } from './sqlite-fixture.ts';

/* What the port writes and does not show: it stays for those who read the file. */

const definition = segmentNamed('hot', { name: 'Hot' });

let fixture: SqliteFixture;
beforeEach(async () => {
  fixture = await sqliteFixture();
});
afterEach(async () => fixture.cleanup());

const history = (): unknown[] =>
  fixture.raw
    .prepare(
      `select contact_id, joined_at, left_at, joined_via, left_via, joined_run, left_run
        from membership_history
        order by id`,
    )
    .raw()
    .all();
const versions = (): unknown[] =>
  fixture.raw
    .prepare(
      'select version, name, kind, filter, saved_at, saved_by from segment_versions order by segment_id, version',
    )
    .raw()
    .all();

test('each interval ends once, with both causes, never before it began', async () => {
  await fixture.store.write(async (tx) => {
    const [ada] = await addCrowd(tx, 2);
    const segment = await addSegment(tx, 'hot');
    await rebuild(tx, segment, EVERYBODY, causedBy('filter', NOW, 1));
    await tx.members.remove(segment, [ada!], causedBy('manual', NOW + DAY));
    await tx.members.add(segment, [ada!], causedBy('import', NOW + 2 * DAY));
    await rebuild(tx, segment, NOBODY, causedBy('filter', NOW - DAY, 2)); // the clock went back
  });
  expect(history()).toEqual([
    [1, NOW, NOW + DAY, 'filter', 'manual', 1, null],
    [1, NOW + 2 * DAY, NOW + 2 * DAY, 'import', 'filter', null, 2],
    [2, NOW, NOW, 'filter', 'filter', 1, 2],
  ]);
});

test('a version of a segment is kept when anything of its definition becomes another', async () => {
  await fixture.store.write(async (tx) => {
    const segment = await tx.segments.insert({ ...definition }, { now: NOW, by: 'ada' });
    await tx.segments.update(
      segment,
      { ...definition, description: 'only words' },
      { now: NOW + 1, by: 'bob' },
    );
    await tx.segments.update(
      segment,
      { ...definition, filter: '{"b":1}' },
      { now: NOW + 2, by: 'bob' },
    );
    await tx.segments.update(
      segment,
      { ...definition, filter: '{"b":1}' },
      { now: NOW + 3, by: 'eve', note: 'nothing else' },
    );
    await tx.segments.update(
      segment,
      { ...definition, filter: '{"b":1}', kind: 'static' },
      { now: NOW + 4, by: null },
    );
  });
  expect(versions()).toEqual([
    [1, 'Hot', 'dynamic', '{}', NOW, 'ada'],
    [2, 'Hot', 'dynamic', '{}', NOW + 1, 'bob'],
    [3, 'Hot', 'dynamic', '{"b":1}', NOW + 2, 'bob'],
    [4, 'Hot', 'static', '{"b":1}', NOW + 4, null],
  ]);
  fixture.raw.exec("update segments set fingerprint = 'f', seen_epoch = 3");
  const seen = (): unknown =>
    fixture.raw.prepare('select fingerprint, seen_epoch from segments').raw().get();
  await fixture.store.write(async (tx) =>
    tx.segments.update(
      1,
      { ...definition, filter: '{"b":1}', kind: 'static', category: 'c' },
      { now: NOW, by: null },
    ),
  );
  expect(seen()).toEqual(['f', 3]);
  await fixture.store.write(async (tx) =>
    tx.segments.update(1, { ...definition, filter: '{"c":1}' }, { now: NOW, by: null }),
  );
  expect(seen()).toEqual([null, null]);
});

test('suppressions are read by contact and channel', async () => {
  fixture.raw.exec(`
    insert into contacts (id, created_at, updated_at) values (1, 0, 0), (2, 0, 0), (3, 0, 0);
    insert into suppressions
      values (2, 'sms', 'bounced', 5), (2, 'email', 'unsubscribed', 6),
        (1, 'email', 'bounced', 7), (3, 'email', 'bounced', 8)`);
  expect(await fixture.store.read(async (tx) => tx.contacts.suppressions([2, 1]))).toEqual([
    { contactId: 1, channel: 'email', reason: 'bounced', createdAt: 7 },
    { contactId: 2, channel: 'email', reason: 'unsubscribed', createdAt: 6 },
    { contactId: 2, channel: 'sms', reason: 'bounced', createdAt: 5 },
  ]);
});
