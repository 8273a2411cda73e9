import { is } from 'drizzle-orm';
import { getTableConfig, SQLiteTable } from 'drizzle-orm/sqlite-core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { NewField, Watermark } from '../../src/store/index.ts';
import * as schema from '../../src/store/sql/schema.ts';
import {
  countCandidates,
  addCrowd,
  addSegment,
  causedBy,
  counts,
  DAY,
  EVERYBODY,
  FROM_START,
  expectTrueCounters,
  importRows,
  memberIds,
  NOW,
  preview,
  reading,
  rebuild,
  rebuildCandidates,
  setPins,
} from './conformance/fixture.ts';
import { type SqliteFixture, sqliteFixture } from './sqlite-fixture.ts';

/*
 * Contacts deleted with another SQL tool: no foreign key leads from memberships, pins and history
 * to them, and foreign keys may be off.
 */

const field: NewField = {
  object: 'contact',
  alias: 'plan',
  label: 'Plan',
  type: 'text',
  options: [],
  unique: false,
  indexed: false,
};

let fixture: SqliteFixture;
let ids: number[];
let [fixed, moving] = [0, 0];

beforeEach(async () => {
  fixture = await sqliteFixture();
  await fixture.store.write(async (tx) => {
    ids = await addCrowd(tx, 6); // the third and the sixth are anonymous
    [fixed, moving] = [
      await addSegment(tx, 'fixed', { kind: 'static' }),
      await addSegment(tx, 'moving'),
    ];
    for (const segment of [fixed, moving]) {
      await tx.members.add(segment, ids, causedBy('manual'));
      await tx.members.remove(segment, ids.slice(0, 1), causedBy('manual', NOW + DAY));
      await setPins(tx, segment, ids, {
        kind: 'in',
        via: 'manual',
        by: null,
        reason: null,
        until: null,
        createdAt: NOW,
      });
    }
    await tx.contacts.tag(ids, ['vip'], NOW);
    await tx.events.insert(
      ids.map((contactId) => ({
        contactId,
        type: 'web.visit',
        subject: null,
        value: null,
        occurredAt: NOW,
        properties: null,
        externalId: null,
      })),
      NOW,
    );
  });
});
afterEach(async () => fixture.cleanup());

/** Of each table, so that one that comes later is not left out. */
const NAMING_CONTACTS = Object.values(schema)
  .filter((table) => is(table, SQLiteTable))
  .map((table) => getTableConfig(table))
  .filter(({ columns }) => columns.some(({ name }) => name === 'contact_id'));

test.each(NAMING_CONTACTS.map((table) => [table.name, table] as const))(
  'what %s says of a contact goes with it',
  async (name, { columns }) => {
    const { raw, store } = fixture;
    const [gone] = ids;
    const links: Record<string, unknown> = { contact_id: gone, segment_id: fixed };
    const values = columns.map((column) =>
      column.primary ? null : (links[column.name] ?? (column.dataType === 'string' ? 'in' : 1)),
    );
    const left = raw.prepare(`select count(*) from ${name} where contact_id = ?`).pluck();
    raw.pragma('foreign_keys = off');
    raw
      .prepare(
        `insert or ignore into ${name} (${columns.map((column) => column.name).join(', ')})
          values (${columns.map(() => '?').join(', ')})`,
      )
      .run(values);
    expect(left.get(gone)).not.toBe(0);
    raw.prepare('delete from contacts where id = ?').run(gone);
    await store.write(async (tx) => tx.members.sweepDeleted({ now: NOW, by: null }));
    expect(left.get(gone)).toBe(0);
  },
);

/** The first three: one who has left the segments, one identified member, one anonymous. */
function deleteThree(): void {
  fixture.raw.exec(`pragma foreign_keys = off;
    insert into suppressions values (2, 'email', 'bounced', 0);
    delete from contacts where id <= 3`);
}

async function expectSwept(): Promise<void> {
  for (const [table, rows] of Object.entries({
    memberships: 6,
    membership_history: 0,
    pins: 6,
    events: 3,
    contact_tags: 3,
    suppressions: 0,
  })) {
    expect({
      table,
      rows: fixture.raw.prepare(`select count(*) from ${table}`).pluck().get(),
    }).toEqual({ table, rows });
  }
  await fixture.store.read(async (tx) => {
    expect(
      (await tx.segments.list()).map(({ members, anonymous }) => [members, anonymous]),
    ).toEqual([
      [3, 1],
      [3, 1],
    ]);
    await expectTrueCounters(tx);
  });
}

test('are nobody to readers at once', async () => {
  deleteThree();
  await fixture.store.read(async (tx) => {
    const left = ids.slice(3);
    // the first has left before: that is known whoever is gone
    expect([await memberIds(tx, fixed), await memberIds(tx, fixed, NOW)]).toEqual([
      left,
      [ids[0], ...left],
    ]);
    expect([
      await tx.members.count(fixed),
      await tx.members.count(fixed, { asOf: NOW }),
      await tx.members.has(fixed, 2),
    ]).toEqual([3, 4, false]);
    expect(await tx.members.segmentsOf(2)).toEqual([]);
    expect((await tx.contacts.list({ segmentId: fixed }, [])).map((row) => row.id)).toEqual(left);
  });
});

describe('are swept', () => {
  test('when asked for, static segments too, and it is no leaving', async () => {
    deleteThree();
    expect(
      await fixture.store.write(async (tx) => tx.members.sweepDeleted({ now: NOW, by: null })),
    ).toBe(4);
    await expectSwept();
    expect(
      await fixture.store.write(async (tx) => tx.members.sweepDeleted({ now: NOW, by: null })),
    ).toBe(0);
  });

  test('before the log that remembers them is pruned', async () => {
    deleteThree();
    await fixture.store.write(async (tx) => tx.changes.prune());
    await expectSwept();
  });

  test('before the log is forgotten because a field changes', async () => {
    deleteThree();
    await fixture.store.write(async (tx) => tx.fields.add(field, NOW));
    await expectSwept();
  });
});

describe('by a REPLACE, which no delete trigger sees,', () => {
  const forgetLog = async (): Promise<void> =>
    fixture.store.write(async (tx) => {
      await tx.changes.open();
      await tx.changes.prune();
    });
  const replaceFirst = (): unknown =>
    fixture.raw.exec(
      `pragma foreign_keys = off;
        insert or replace into contacts (email, created_at, updated_at)
          values ('c0@example.org', 0, 0)`,
    );

  test('are swept, with what hung on them', async () => {
    replaceFirst();
    await fixture.store.write(async (tx) => tx.members.sweepDeleted({ now: NOW, by: null }));
    const hangs = ['events', 'contact_tags', 'pins', 'membership_history'].map((table) =>
      fixture.raw
        .prepare(`select count(*) from ${table} where contact_id = ${ids[0]!}`)
        .pluck()
        .get(),
    );
    expect(hangs).toEqual([0, 0, 0, 0]);
  });

  test('are candidates of every segment, as long as they are not', async () => {
    const candidates = async (since: Watermark): Promise<number> =>
      fixture.store.write(async (tx) =>
        countCandidates(
          tx,
          {
            segmentId: moving,
            since,
            reads: [reading({ eventTypes: ['web.visit'] })],
            segments: [],
            slices: [],
          },
          100,
        ),
      );
    await forgetLog();
    fixture.raw.exec('update contacts set points = 1 where id = 2');
    const since = await fixture.store.read(async (tx) => tx.changes.watermark());
    expect(await candidates(since)).toBe(0);
    replaceFirst();
    expect(await candidates(since)).toBe(2); // who went, and who came instead
    expect(await candidates(String(Number(since) + 1))).toBe(0);
  });

  test('are none where an upsert only met them', async () => {
    await forgetLog();
    fixture.raw.exec(`insert into contacts (email, created_at, updated_at)
      values ('c0@example.org', 0, 0), ('new@example.org', 0, 0)
      on conflict (email) do update set points = 1`);
    expect(
      await fixture.store.write(async (tx) => tx.members.sweepDeleted({ now: NOW, by: null })),
    ).toBe(0);
    expect(
      await fixture.store.write(async (tx) =>
        countCandidates(
          tx,
          { segmentId: fixed, since: FROM_START, reads: [], segments: [], slices: [] },
          100,
        ),
      ),
    ).toBe(1);
  });
});

test('are proposed to leave where the log cannot tell of them', async () => {
  deleteThree();
  await fixture.store.write(async (tx) => {
    const differences = await tx.differences();
    await differences.gone(fixed);
    expect(await differences.of(fixed)).toEqual({ joining: 0, leaving: 2 });
    expect(await differences.ids(fixed, 'leaving', {})).toEqual([2, 3]);
    expect([...(await differences.apply(causedBy('filter')))]).toEqual([
      [fixed, { joined: 0, left: 0 }],
    ]);
    expect(await tx.members.recount(fixed)).toEqual({ members: 3, anonymous: 1 });
    await tx.members.sweepDeleted({ now: NOW, by: null });
  });
  await expectSwept();
});

test('leave counters true when a rebuild comes before the sweep', async () => {
  deleteThree();
  await fixture.store.write(async (tx) => {
    expect(await preview(tx, moving, EVERYBODY)).toEqual({ joining: [], leaving: [2, 3] });
    expect(await rebuild(tx, moving, EVERYBODY, causedBy('filter', NOW + 2 * DAY))).toEqual({
      joined: 0,
      left: 0,
    });
    expect((await tx.segments.list()).find((segment) => segment.id === moving)).toMatchObject({
      members: 3,
      anonymous: 1,
    });
    await tx.members.remove(fixed, [2, 3, 4], causedBy('manual', NOW + 2 * DAY));
    expect((await tx.segments.list()).find((segment) => segment.id === fixed)).toMatchObject({
      members: 2,
      anonymous: 1,
    });
    await tx.members.sweepDeleted({ now: NOW, by: null });
    await expectTrueCounters(tx);
  });
});

test('leave counters true and have not left when they are candidates before the sweep', async () => {
  deleteThree();
  await fixture.store.write(async (tx) => {
    const differences = await tx.differences();
    const query = { segmentId: moving, since: FROM_START, reads: [], segments: [], slices: [] };
    const candidates = await differences.find(query, 100);
    expect(candidates.found).toBeGreaterThanOrEqual(3);
    const build = { segmentId: moving, match: EVERYBODY };
    const cause = causedBy('filter', NOW + 2 * DAY);
    expect(await rebuildCandidates(differences, candidates, build, cause)).toEqual({
      joined: 0,
      left: 0,
    });
    expect((await tx.segments.list()).find((segment) => segment.id === moving)).toMatchObject({
      members: 3,
      anonymous: 1,
    });
    await tx.members.sweepDeleted({ now: NOW, by: null });
    await expectTrueCounters(tx);
  });
});

test('may come back under their old id without a trace left of their members', async () => {
  deleteThree();
  await fixture.store.write(async (tx) => tx.members.sweepDeleted({ now: NOW, by: null }));
  fixture.raw.exec('insert into contacts (id, created_at, updated_at) values (2, 0, 0)');
  expect(
    await fixture.store.write(async (tx) => [
      await tx.members.sweepDeleted({ now: NOW, by: null }),
      await tx.members.has(fixed, 2),
    ]),
  ).toEqual([0, false]);
});

test('a company that is gone does not hinder an import of those who worked there', async () => {
  const { store, raw } = fixture;
  await store.write(async (tx) =>
    tx.contacts.update(
      [ids[0]!],
      { company_id: await tx.companies.insert({ name: 'Acme' }, NOW) },
      NOW,
    ),
  );
  raw.exec('pragma foreign_keys = off; delete from companies');
  const shape = {
    kind: 'contacts',
    key: 'email',
    columns: ['email', 'points'],
    uniques: [],
    duplicates: 'last',
  } as const;
  expect(
    counts(
      await importRows(store, shape, [
        { line: 2, key: 'c0@example.org', values: ['c0@example.org', 70] },
      ]),
    ),
  ).toEqual({ updated: 1 });
  expect(
    await store.read(async (tx) => tx.contacts.list({ ids: [ids[0]!] }, ['points', 'company'])),
  ).toEqual([{ id: ids[0], points: 70, company: null }]);
});
