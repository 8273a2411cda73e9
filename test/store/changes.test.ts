import type Sqlite from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Slice, Watermark, WriteTx } from '../../src/store/index.ts';
import { triggersOf } from '../../src/store/sqlite/delta/capture.ts';
import { connect } from '../../src/store/sqlite/connection/connect.ts';
import { SqliteSession } from '../../src/store/sqlite/session.ts';
import { createTransaction } from '../../src/store/sqlite/transaction.ts';
import {
  countCandidates,
  ALL,
  addContacts,
  addCrowd,
  addSegment,
  causedBy,
  getField,
  NOW,
  PROFILE,
  reading,
  stampOf,
  setPins,
} from './conformance/fixture.ts';
import { SQL_TOOLS } from './sql-tools.ts';
import { type SqliteFixture, sqliteFixture } from './sqlite-fixture.ts';

let fixture: SqliteFixture;
let raw: Sqlite.Database;
beforeEach(async () => {
  fixture = await sqliteFixture();
  ({ raw } = fixture);
});
afterEach(async () => fixture.cleanup());

const write = async <T>(work: (tx: WriteTx) => Promise<T>): Promise<T> => fixture.store.write(work);
const open = async (): Promise<boolean> => write(async (tx) => tx.changes.open());
const logged = (): unknown[] =>
  raw.prepare("select kind || ' ' || id from contact_changes order by kind, id").pluck().all();
const indexes = (): unknown[] =>
  raw
    .prepare(
      `select name
        from sqlite_schema
        where type = 'index' and (name glob 'window_*' or name glob 'anniversary_*'
          or name glob 'joined_[0-9]*')
        order by name`,
    )
    .pluck()
    .all();
const triggers = async (): Promise<ReturnType<typeof triggersOf>> =>
  triggersOf(new SqliteSession(raw));

const BIRTHDAY = {
  object: 'contact',
  alias: 'birthday',
  label: 'Birthday',
  type: 'date',
  options: [],
  unique: false,
  indexed: false,
} as const;
const PLACES: Slice['place'][] = [
  { kind: 'field', object: 'contact', column: 'last_active_at' },
  { kind: 'field', object: 'company', column: 'created_at' },
  { kind: 'anniversary', object: 'contact', column: 'birthday' },
  { kind: 'events', eventType: 'order' },
  { kind: 'memberships', segment: 1 },
];

/** Begins a run and stamps the segment as built by it; gives its watermark. */
async function build(id: number): Promise<Watermark> {
  return write(async (tx) => {
    await tx.changes.open();
    const stamp = await stampOf(tx, id);
    await tx.segments.stampBuilt([stamp], { now: NOW, runId: 1 });
    return stamp.seen;
  });
}

const reachesBack = async (since: Watermark): Promise<boolean> =>
  fixture.store.read(async (tx) => (await tx.changes.reach())(since, reading({})));

describe('somebody else changing the schema', () => {
  test.each(SQL_TOOLS.filter((tool) => tool.installed).map((tool) => tool.name))(
    'with %s makes every next build a full one, once',
    async (name) => {
      const seen = await build(await write(async (tx) => addSegment(tx, 'hot')));
      SQL_TOOLS.find((tool) => tool.name === name)?.run(
        fixture.path,
        'create index mine on contacts (city)',
      );
      expect([await open(), await reachesBack(seen)]).toEqual([true, false]);
      expect(await open()).toBe(false);
    },
  );

  test('is seen too when the tables were only written anew', async () => {
    raw.exec('vacuum');
    expect([await open(), await open()]).toEqual([true, false]);
  });

  test('and dropping triggers has them back', async () => {
    raw.exec(
      'drop trigger capture_contacts_update; drop trigger capture_events_insert; ' +
        'create trigger capture_events_insert after insert on events begin select 1; end',
    );
    expect(await open()).toBe(true);
    const { standing, wanted } = await triggers();
    expect(standing).toEqual(wanted);
    raw.exec(
      "insert into contacts (id, created_at, updated_at) values (7, 0, 0); update contacts set city = 'Paris'",
    );
    expect(logged()).toEqual(['exists 7', 'profile 7']);
  });

  test('and fields edited with SQL are captured too, although the schema is the same', async () => {
    await write(async (tx) => tx.fields.add({ ...BIRTHDAY, alias: 'plan', type: 'text' }, NOW));
    raw.exec(
      'alter table contacts add column tier text; update capture ' +
        'set schema_version = (select schema_version from pragma_schema_version)',
    );
    expect(await open()).toBe(false);
    const seen = await build(await write(async (tx) => addSegment(tx, 'hot')));
    raw.exec(
      "insert into fields (object, alias, label, type) values ('contact', 'tier', 'Tier', 'text')",
    );
    expect([await open(), await reachesBack(seen), await open()]).toEqual([true, false, false]);
    expect((await triggers()).standing.get('capture_contacts_update')).toContain('new."tier"');
  });

  test('and dropping the column of a field past all checks is told to who writes, and mended', async () => {
    const [id] = await write(async (tx) => addCrowd(tx, 1));
    raw.exec(
      'pragma legacy_alter_table = on; alter table contacts drop column phone; pragma legacy_alter_table = off',
    );
    const rename = async (): Promise<unknown> =>
      write(async (tx) => tx.contacts.update([id!], { city: 'Rome' }, NOW));
    await expect(rename()).rejects.toMatchObject({
      code: 'DAMAGED',
      exit: 69,
      hint: expect.stringContaining('segments:update') as string,
    });
    expect(await open()).toBe(true);
    await rename();
    expect(logged()).toEqual(['profile 1']);
  });

  test('and taking all fields away leaves contacts that can be written, and come back whole', async () => {
    raw.exec(
      "create table kept as select * from fields; delete from fields where object = 'contact'",
    );
    expect(await open()).toBe(true);
    raw.exec(`insert into contacts (created_at, updated_at) values (0, 0);
      update contacts set city = 'Rome';
      delete from fields;
      insert into fields select * from kept;
      drop table kept`);
    expect(await open()).toBe(true);
    const { standing, wanted } = await triggers();
    expect(standing).toEqual(wanted);
    expect(standing.get('capture_contacts_update')).toContain('new."city"');
  });

  test('and deleting contacts while there is no trigger has them swept all the same', async () => {
    const [hot, ids] = await write(
      async (tx) =>
        [await addSegment(tx, 'hot', { kind: 'static' }), await addCrowd(tx, 4)] as const,
    );
    await write(async (tx) => {
      await tx.members.add(hot, ids, causedBy('manual'));
      await setPins(tx, hot, ids, {
        kind: 'in',
        via: 'manual',
        by: null,
        reason: null,
        until: null,
        createdAt: NOW,
      });
      await tx.changes.open();
      await tx.changes.prune();
    });
    raw.exec(
      'pragma foreign_keys = off; drop trigger capture_contacts_delete; delete from contacts where id in (1, 3)',
    );
    expect(await open()).toBe(true);
    expect(
      raw
        .prepare('select contact_id from memberships union all select contact_id from pins')
        .pluck()
        .all(),
    ).toEqual([2, 4, 2, 4]);
    expect(raw.prepare('select members, anonymous from segments').raw().get()).toEqual([2, 0]);
  });

  test('is not what we do ourselves', async () => {
    await write(async (tx) => tx.fields.add(BIRTHDAY, NOW));
    expect(await open()).toBe(false);
    await write(async (tx) => {
      await tx.changes.open();
    });
    await fixture.store.prepare(PLACES);
    expect(await open()).toBe(false);
    await write(async (tx) => tx.fields.delete(await getField(tx, 'birthday')));
    expect(await open()).toBe(false);
  });
});

test('capture switched off and left so is switched on again, and nothing from before is trusted', async () => {
  const seen = await build(await write(async (tx) => addSegment(tx, 'hot')));
  raw.exec(
    'update capture set bulk = 1; insert into contacts (id, created_at, updated_at) values (7, 0, 0)',
  );
  expect([await open(), await reachesBack(seen), await open()]).toEqual([true, false, false]);
  raw.exec('insert into contacts (id, created_at, updated_at) values (8, 0, 0)');
  expect(logged()).toEqual(['exists 8']);
});

describe('prepare', () => {
  test('makes an index for each place, once; the field goes with its indexes', async () => {
    await write(async (tx) => tx.fields.add(BIRTHDAY, NOW));
    const places = [...PLACES, { kind: 'field', object: 'contact', column: 'birthday' } as const];
    await fixture.store.prepare(places);
    await fixture.store.prepare(places);
    expect(indexes()).toEqual([
      'anniversary_contact_birthday',
      'joined_1',
      'window_company_created_at',
      'window_contact_birthday',
      'window_contact_last_active_at',
    ]);
    await write(async (tx) => tx.fields.delete(await getField(tx, 'birthday')));
    expect(indexes()).toEqual([
      'joined_1',
      'window_company_created_at',
      'window_contact_last_active_at',
    ]);
  });

  test('lets every source of candidates be found without reading a table from end to end', async () => {
    await write(async (tx) => {
      await tx.fields.add(BIRTHDAY, NOW);
      await addCrowd(tx, 20);
    });
    await fixture.store.prepare(PLACES);
    const connection = connect(fixture.path);
    try {
      const steps = plansOn(connection);
      const tx = createTransaction(new SqliteSession(connection));
      await countCandidates(
        tx,
        {
          segmentId: 1,
          since: '1',
          reads: [ALL, PROFILE],
          segments: [1, 2],
          slices: PLACES.map(sliceAt),
        },
        1_000,
      );
      const tables = [
        'contacts',
        'companies',
        'contact_tags',
        'events',
        'memberships',
        'contact_changes',
      ];
      expect(steps.filter((step) => tables.includes(/^SCAN (\w+)/.exec(step)?.[1] ?? ''))).toEqual(
        [],
      );
      for (const index of [
        'window_contact_last_active_at',
        'window_company_created_at',
        'anniversary_contact_birthday',
        'joined_1',
        'events_window',
        'contacts_company',
        'contact_tags_tag',
      ]) {
        expect([index, steps.some((step) => step.includes(`INDEX ${index} `))]).toEqual([
          index,
          true,
        ]);
      }
    } finally {
      connection.close();
    }
  });
});

function sliceAt(place: Slice['place']): Slice {
  if (place.kind === 'anniversary')
    return { kind: 'monthDays', place, low: '02-28', high: '03-01' };
  return { kind: 'instants', place, low: 0, high: NOW };
}

/** The steps of the plans of all that is prepared on this connection from now on. */
function plansOn(connection: Sqlite.Database): string[] {
  const steps: string[] = [];
  const prepare = connection.prepare.bind(connection);
  connection.prepare = (source: string) => {
    if (/^\s*(select|insert|delete)\b/i.test(source)) {
      const unbound = Array.from(source.matchAll(/\?/g), () => null);
      steps.push(
        ...prepare<unknown[], { detail: string }>(`explain query plan ${source}`)
          .all(...unbound)
          .map((step) => step.detail),
      );
    }
    return prepare(source);
  };
  return steps;
}

describe('the log', () => {
  const pruneAfter = async (entries: number): Promise<boolean> => {
    const seen = await build(await write(async (tx) => addSegment(tx, `s${entries}`)));
    raw
      .prepare(
        `with recursive n(id) as (select 1 union all select id + 1 from n where id < ?)
          insert into contact_changes
          select epoch, 'profile', n.id, 0, 0
          from n, capture`,
      )
      .run(entries);
    await open();
    await write(async (tx) => tx.changes.prune());
    return reachesBack(seen);
  };

  test('is dropped when going through it would cost more than a rebuild, not before', async () => {
    expect(await pruneAfter(1_000)).toBe(true);
    expect(logged()).toHaveLength(1_000);
    expect(await pruneAfter(100_001)).toBe(false);
    expect(logged()).toEqual([]);
  });

  test('is dropped by no run while a segment that failed has not seen it', async () => {
    const [failing, fine] = await write(
      async (tx) => [await addSegment(tx, 'failing'), await addSegment(tx, 'fine')] as const,
    );
    const seen = await build(failing);
    for (const round of [1, 2, 3]) {
      await write(async (tx) => addContacts(tx, { points: round }));
      await build(fine);
      await write(async (tx) => tx.changes.prune());
    }
    expect([await reachesBack(seen), logged()]).toEqual([
      true,
      ['exists 1', 'exists 2', 'exists 3'],
    ]);
    await build(failing);
    await write(async (tx) => tx.changes.prune());
    expect([await reachesBack(seen), logged()]).toEqual([false, []]);
  });
});
