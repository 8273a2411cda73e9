import type Sqlite from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { NewField, StagedRow } from '../../src/store/index.ts';
import { triggersOf } from '../../src/store/sqlite/delta/capture.ts';
import {
  type CapturedFields,
  captureTriggers,
} from '../../src/store/sqlite/delta/capture-triggers.ts';
import { formerTriggers } from '../../src/store/sqlite/delta/former-values.ts';
import { wishTriggers } from '../../src/store/sqlite/delta/wish-triggers.ts';
import { SqliteSession } from '../../src/store/sqlite/session.ts';
import {
  addContacts,
  addSegment,
  getField,
  importRows,
  NOW,
  setPins,
} from './conformance/fixture.ts';
import { SQL_TOOLS } from './sql-tools.ts';
import { type SqliteFixture, sqliteFixture } from './sqlite-fixture.ts';

const field: NewField = {
  object: 'contact',
  alias: 'member_no',
  label: 'Member',
  type: 'text',
  options: [],
  unique: true,
  indexed: false,
};
const KINDS = ['company', 'consent', 'events', 'exists', 'member', 'pin', 'profile', 'tag', 'tags'];

let fixture: SqliteFixture;
let raw: Sqlite.Database;
beforeEach(async () => {
  fixture = await sqliteFixture();
  ({ raw } = fixture);
});
afterEach(async () => fixture.cleanup());

const triggers = async (): Promise<ReadonlyMap<string, string>> =>
  (await triggersOf(new SqliteSession(raw))).standing;

/**
 * Those of a store with these unique fields, given the names of the custom fields that contacts
 * have, oldest first.
 */
function expected(
  unique: CapturedFields['unique'],
  ...custom: readonly string[]
): Map<string, string> {
  const standard = [
    'email:2:27',
    'phone:3',
    'mobile:4',
    'title:5',
    'first_name:6',
    'last_name:7',
    'position:8',
    'address1:9',
    'address2:10',
    'city:11',
    'state:12',
    'zipcode:13',
    'country:14',
    'website:15',
    'locale:16',
    'timezone:17',
    'stage:19',
    'owner:20',
    'points:18',
    'company_id:21',
    'created_at:23',
    'updated_at:24',
    'identified_at:25',
    'last_active_at:26',
  ];
  const idOf = raw.prepare("select id from fields where object = 'contact' and alias = ?").pluck();
  const columns = [...standard, ...custom.map((column) => `${column}:${String(idOf.get(column))}`)];
  const captured = captureTriggers({
    unique,
    contact: columns
      .map((text) => text.split(':'))
      .map(([column = '', ...ids]) => ({ column, ids: ids.map(Number) })),
  });
  const wished = unique.contact.map((column) => ({ id: Number(idOf.get(column)), column }));
  const known = ['email', ...unique.contact];
  const former = formerTriggers(known.map((column) => ({ id: Number(idOf.get(column)), column })));
  return new Map([...captured, ...wishTriggers(wished), ...former]);
}
/** One counts, the others keep values and forget them. */
const LOGGING_NOTHING = [
  ...['capture_contacts_identified', 'capture_contacts_former', 'capture_contacts_anew'],
];

const epoch = (): number => raw.prepare('select epoch from capture').pluck().get() as number;
const logged = (): unknown[] =>
  raw.prepare("select kind || ' ' || id from contact_changes order by kind, id").pluck().all();
const prunedBefore = (): Record<string, number> =>
  Object.fromEntries(
    raw.prepare('select kind, pruned_before from capture_kinds order by kind').raw().all() as [
      string,
      number,
    ][],
  );
const noted = (): boolean =>
  raw
    .prepare(
      'select schema_version = (select schema_version from pragma_schema_version) from capture',
    )
    .pluck()
    .get() === 1;

const beginRun = async (): Promise<boolean> => fixture.store.write(async (tx) => tx.changes.open());
/** Drops what is logged until now, as a run does that every segment has seen the log of. */
const forgetSeen = async (): Promise<void> =>
  fixture.store.write(async (tx) => {
    await tx.changes.open();
    await tx.changes.prune();
  });

/** Everything up to now is forgotten: no log, and no segment has seen enough. */
function expectForgotten(before: number): void {
  expect(epoch()).toBeGreaterThan(before);
  expect(logged()).toEqual([]);
  expect(prunedBefore()).toEqual(Object.fromEntries(KINDS.map((kind) => [kind, epoch()])));
  expect(noted()).toBe(true);
}

describe('the triggers', () => {
  test('of a new store are those that the code asks for', async () => {
    expect(await triggers()).toEqual(expected({ contact: [], company: [] }));
  });

  test('stand on every table that a filter can read, for every kind of write', async () => {
    const tables = [
      'contacts',
      'companies',
      'tags',
      'contact_tags',
      'events',
      'suppressions',
      'pins',
    ];
    for (const table of tables)
      for (const write of ['insert', 'update', 'delete'])
        expect([...(await triggers()).keys()]).toContain(`capture_${table}_${write}`);
  });

  test('log by plain inserts, on no condition but that an id or a key changes', async () => {
    for (const [name, sql] of await triggers()) {
      if (LOGGING_NOTHING.includes(name)) continue;
      const [head, ...body] = sql.split('\n');
      const listed = /_before_update$|_move$/.test(name);
      const list = / update of ("\w+"(?:, "\w+")*) on /.exec(head ?? '')?.[1];
      expect([name, list !== undefined]).toEqual([name, listed]);
      expect(head?.replace(` of ${list}`, '')).toMatch(
        /^create trigger \w+ (before (insert|update)|after (insert|update|delete)) on \w+( when old\.(\w*id) <> new\.\5( or old\.(\w*id) <> new\.\7)?)? begin$/,
      );
      expect(body.pop()).toBe('end');
      for (const statement of body)
        expect(statement).toMatch(
          /^ {2}insert into contact_changes \(epoch, kind, id, segment_id, aspects\) select capture\.epoch, .* from capture(, \w+)? where capture\.bulk = 0.* on conflict (do nothing|\(epoch, kind, id, segment_id\) do update set aspects = aspects \| excluded\.aspects);$/,
        );
    }
  });

  test('that run for each row written are of one statement', async () => {
    for (const [name, sql] of await triggers())
      if (!/_before_|_move$|_anew$/.test(name))
        expect([name, sql.split('\n').length]).toEqual([name, 3]);
  });

  test('follow the unique fields', async () => {
    const fresh = await triggers();
    await fixture.store.write(async (tx) => tx.fields.add(field, NOW));
    expect(await triggers()).toEqual(
      expected({ contact: ['member_no'], company: [] }, 'member_no'),
    );
    await fixture.store.write(async (tx) =>
      tx.fields.add({ ...field, object: 'company', alias: 'vat' }, NOW),
    );
    expect(await triggers()).toEqual(
      expected({ contact: ['member_no'], company: ['vat'] }, 'member_no'),
    );
    await fixture.store.write(async (tx) =>
      tx.fields.update({ ...(await getField(tx, 'member_no')), unique: false }),
    );
    expect(await triggers()).toEqual(expected({ contact: [], company: ['vat'] }, 'member_no'));
    await fixture.store.write(async (tx) =>
      tx.fields.update({ ...(await getField(tx, 'member_no')), unique: true }),
    );
    expect(await triggers()).toEqual(
      expected({ contact: ['member_no'], company: ['vat'] }, 'member_no'),
    );
    await fixture.store.write(async (tx) => {
      await tx.fields.delete(await getField(tx, 'member_no'));
      await tx.fields.delete(await getField(tx, 'vat', 'company'));
    });
    expect(await triggers()).toEqual(fresh);
  });

  test('dropped or changed by others come back with the next change of a field', async () => {
    raw.exec(
      'drop trigger capture_contacts_update; drop trigger capture_pins_insert; ' +
        'create trigger capture_pins_insert after insert on pins begin select 1; end',
    );
    await fixture.store.write(async (tx) => tx.fields.add({ ...field, unique: false }, NOW));
    expect(await triggers()).toEqual(expected({ contact: [], company: [] }, 'member_no'));
  });
});

describe('the log is forgotten', () => {
  const given = async (): Promise<number> => {
    await fixture.store.write(async (tx) => addContacts(tx, {}, {}));
    expect(logged()).toEqual(['exists 1', 'exists 2']);
    return epoch();
  };

  test('when a field is added, made unique, indexed or deleted', async () => {
    let before = await given();
    await fixture.store.write(async (tx) => tx.fields.add({ ...field, unique: false }, NOW));
    expectForgotten(before);
    for (const change of [{ unique: true }, { indexed: true }, { unique: false }]) {
      before = epoch();
      await fixture.store.write(async (tx) => addContacts(tx, {}));
      await fixture.store.write(async (tx) =>
        tx.fields.update({ ...(await getField(tx, 'member_no')), ...change }),
      );
      expectForgotten(before);
    }
    before = epoch();
    await fixture.store.write(async (tx) => tx.fields.delete(await getField(tx, 'member_no')));
    expectForgotten(before);
  });

  test('but not for a label or an option', async () => {
    await fixture.store.write(async (tx) =>
      tx.fields.add({ ...field, type: 'select', options: ['a'], unique: false }, NOW),
    );
    const before = await given();
    await fixture.store.write(async (tx) =>
      tx.fields.update({
        ...(await getField(tx, 'member_no')),
        label: 'Number',
        options: ['a', 'b'],
      }),
    );
    expect([epoch(), logged()]).toEqual([before, ['exists 1', 'exists 2']]);
  });

  test('after a bulk load, which is not logged row by row', async () => {
    const before = await given();
    const rows: StagedRow[] = [1, 2, 3].map((number) => ({
      line: number,
      key: `c${number}@example.org`,
      values: [`c${number}@example.org`],
    }));
    await importRows(
      fixture.store,
      { kind: 'contacts', key: 'email', columns: ['email'], uniques: [], duplicates: 'last' },
      rows,
    );
    expectForgotten(before);
    expect(raw.prepare('select bulk from capture').pluck().get()).toBe(0);
  });

  test('but not after a small import, which is', async () => {
    await fixture.store.write(async (tx) =>
      addContacts(tx, ...Array.from({ length: 10 }, () => ({}))),
    );
    await forgetSeen();
    const before = epoch();
    await importRows(
      fixture.store,
      { kind: 'contacts', key: 'email', columns: ['email'], uniques: [], duplicates: 'last' },
      [{ line: 2, key: 'a@example.org', values: ['a@example.org'] }],
    );
    expect([epoch(), logged()]).toEqual([before, ['exists 11']]);
  });
});

describe('the epoch', () => {
  test('of a write is the watermark of a run that begins after it', async () => {
    const [id] = await fixture.store.write(async (tx) => addContacts(tx, {}));
    await beginRun();
    const seen = epoch();
    await fixture.store.write(async (tx) => tx.contacts.update([id!], { city: 'Paris' }, NOW));
    await beginRun();
    expect(epoch()).toBe(seen + 1);
    expect(
      raw.prepare('select epoch, kind, id from contact_changes order by epoch').raw().all(),
    ).toEqual([
      [seen - 1, 'exists', id],
      [seen, 'profile', id],
    ]);
  });

  test('does not move where nothing was logged under it', async () => {
    await beginRun();
    const before = epoch();
    await beginRun();
    expect(epoch()).toBe(before);
  });
});

test('a pin set, replaced or cleared is logged for its segment', async () => {
  const pins = (): unknown[] =>
    raw
      .prepare(
        "select id || ' in ' || segment_id from contact_changes where kind = 'pin' order by id, segment_id",
      )
      .pluck()
      .all();
  const segment = await fixture.store.write(async (tx) => {
    await addContacts(tx, {}, {}, {});
    return addSegment(tx, 'hot');
  });
  const pin = {
    kind: 'in',
    via: 'manual',
    by: null,
    reason: null,
    until: null,
    createdAt: NOW,
  } as const;
  await fixture.store.write(async (tx) => setPins(tx, segment, [1, 2], pin));
  expect(pins()).toEqual([`1 in ${segment}`, `2 in ${segment}`]);
  for (const change of [
    async () =>
      fixture.store.write(async (tx) => setPins(tx, segment, [2], { ...pin, kind: 'out' })),
    async () => fixture.store.write(async (tx) => tx.pins.clear(segment, [2])),
  ]) {
    await forgetSeen();
    await change();
    expect(pins()).toEqual([`2 in ${segment}`]);
  }
});

describe("the schema's version", () => {
  test('is noted for a new store', () => {
    expect(noted()).toBe(true);
  });

  test.each(SQL_TOOLS.filter((tool) => tool.installed).map((tool) => tool.name))(
    'differs from the noted one after DDL with %s',
    (name) => {
      SQL_TOOLS.find((tool) => tool.name === name)?.run(
        fixture.path,
        'create index mine on contacts (city)',
      );
      expect(noted()).toBe(false);
    },
  );

  test('knows nothing that SQLite 3.37 does not', () => {
    const schema = raw
      .prepare("select group_concat(sql, ';') from sqlite_schema")
      .pluck()
      .get() as string;
    expect(schema).not.toMatch(
      /->|\bis (not )?distinct from\b|\b(right|full) (outer )?join\b|\b(unixepoch|format|string_agg|concat|concat_ws|octet_length|timediff|unhex|json_pretty|jsonb\w*|fold|regexp)\s*\(/i,
    );
  });
});
