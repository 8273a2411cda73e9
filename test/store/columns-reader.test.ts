import { sql } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type ColumnsWanted, TooMuchOfOne, type WantedPart } from '../../src/sql/columns.ts';
import { Gathered } from '../../src/sql/gathered.ts';
import { connect } from '../../src/store/sqlite/connection/connect.ts';
import type { SqliteDatabase } from '../../src/store/sqlite/connection/database.ts';
import { SqliteSession } from '../../src/store/sqlite/session.ts';
import { ALL_IDS, rangesOf } from '../../src/store/sqlite/scan/batches.ts';
import { readCompanies } from '../../src/store/sqlite/scan/company-columns.ts';
import { ColumnsReader } from '../../src/store/sqlite/scan/columns-reader.ts';
import { SqliteDesk } from '../../src/store/sqlite/scan/desk.ts';
import { MatchTable } from '../../src/store/sqlite/scan/match-table.ts';
import { type SqliteFixture, sqliteFixture } from './sqlite-fixture.ts';

const NOTHING: ColumnsWanted = {
  contacts: [],
  companies: [],
  tags: false,
  events: [],
  suppressions: false,
  members: [],
};

let fixture: SqliteFixture;
let db: SqliteDatabase;

beforeEach(async () => {
  fixture = await sqliteFixture();
  db = new SqliteSession(connect(fixture.path));
});

afterEach(async () => {
  db.raw.close();
  await fixture.cleanup();
});

function write(...statements: string[]): void {
  db.raw.pragma('foreign_keys = off'); // as in a shell
  for (const statement of statements) db.raw.exec(statement);
}

function contacts(...ids: number[]): void {
  const rows = ids.map((id) => `(${id}, 0, 0)`);
  write(`insert into contacts (id, created_at, updated_at) values ${rows.join(', ')}`);
}

async function read(wanted: Partial<ColumnsWanted>, range = ALL_IDS) {
  const reader = await ColumnsReader.make(db, { ...NOTHING, ...wanted });
  try {
    return { tables: reader.tables, batch: (await reader.batch(range))! };
  } finally {
    reader.close();
  }
}

describe('columns of contacts', () => {
  test('are values in the order of ids, exact to the last bit', async () => {
    const points = [0.1 + 0.2, 5e-324, -0, 1 / 3, 2 ** 53, Infinity, -Infinity, 1.7e308];
    contacts(...points.map((_, index) => 3 * index + 1));
    points.forEach((value, index) =>
      db.raw.prepare('update contacts set points = ? where id = ?').run(value, 3 * index + 1),
    );
    const { batch } = await read({ contacts: [sql`c.points`, sql`c.email`, sql`c.id > 4`] });
    expect(batch.ids).toEqual(points.map((_, index) => 3 * index + 1));
    expect(batch.contacts[0]).toEqual(points.map((value) => (value === 0 ? 0 : value)));
    expect(batch.contacts.slice(1)).toEqual([
      points.map(() => null),
      points.map((_, index) => (index > 1 ? 1 : 0)),
    ]);
  });

  test('are texts as they stand', async () => {
    const texts = ['', '"', '\\', 'a\u0000b', '\u{1f600}', '\u2028', "'", '|a|', 'é', 'É'];
    contacts(...texts.map((_, index) => index + 1));
    texts.forEach((text, index) =>
      db.raw.prepare('update contacts set city = ? where id = ?').run(text, index + 1),
    );
    expect((await read({ contacts: [sql`c.city`] })).batch.contacts).toEqual([texts]);
  });

  test('have who is anonymous beside them, asked for or not', async () => {
    contacts(1, 2, 3);
    write('update contacts set identified_at = 5 where id = 2');
    expect([...(await read({})).batch.anonymous]).toEqual([1, 0, 1]);
  });

  test('are as many as there may be', async () => {
    contacts(1, 2);
    const values = Array.from({ length: 2_500 }, (_, index) => sql`c.id + ${index}`);
    const { batch } = await read({ contacts: values });
    expect([batch.contacts.length, batch.contacts.at(-1)]).toEqual([2_500, [2_500, 2_501]]);
  });

  test('ask as many kinds of other rows as there may be', async () => {
    contacts(1, 2);
    write("insert into events (contact_id, type, occurred_at) values (2, 't69', 1)");
    const did = Array.from(
      { length: 70 },
      (_, index) =>
        new Gathered({
          table: sql`events e`,
          key: sql`e.contact_id`,
          outer: sql`c.id`,
          within: [sql`e.type = ${`t${index}`}`],
          where: [],
        }),
    );
    const { batch } = await read({ contacts: did });
    expect([batch.contacts.length, batch.contacts.at(-1)]).toEqual([70, [0, 1]]);
  });

  test('are gathered from other rows where a condition asks these', async () => {
    contacts(1, 2);
    write("insert into events (contact_id, type, occurred_at) values (2, 'a', 1)");
    const did = new Gathered({
      table: sql`events e`,
      key: sql`e.contact_id`,
      outer: sql`c.id`,
      within: [sql`e.type = 'a'`],
      where: [],
    });
    expect((await read({ contacts: [did, sql`not ${did}`] })).batch.contacts).toEqual([
      [0, 1],
      [1, 0],
    ]);
    expect(
      await db.pluck(sql`select name from temp.sqlite_schema where name like 'gathered%'`),
    ).toEqual([]);
  });
});

describe('what belongs to contacts', () => {
  test('is found by their position, and what belongs to none is left out', async () => {
    contacts(2, 5, 9);
    write(
      "insert into tags (id, name, created_at) values (7, 'VIP', 0), (8, 'new', 0)",
      'insert into contact_tags values (1, 7), (2, 8), (5, 99), (9, 7), (9, 8), (12, 7)',
      `insert into events (contact_id, type, subject, occurred_at) values
        (1, 'a', 'x', 1), (5, 'A', 'y', 2), (5, 'a', null, 3), (9, 'b', 'z', 4), (10, 'a', 'x', 5)`,
      `insert into suppressions values (3, 'email', 'bounced', 0), (9, 'SMS', 'manual', 0)`,
    );
    const { tables, batch } = await read({
      tags: true,
      events: [
        { type: 'a', columns: ['occurredAt'], from: null },
        { type: 'a', columns: ['subject', 'occurredAt'], from: null },
        { type: 'b', columns: [], from: null },
        { type: 'c', columns: [], from: null },
      ],
      suppressions: true,
    });
    const tags = Array.from(batch.tags.values, (value) => tables.tags[value]);
    expect([[...batch.tags.owners], tags]).toEqual([
      [0, 2, 2],
      ['new', 'VIP', 'new'],
    ]);
    expect(batch.events.map(({ owners, columns }) => [[...owners], columns])).toEqual([
      [[1, 1], { occurredAt: [2, 3] }],
      [[1, 1], { subject: ['y', null], occurredAt: [2, 3] }],
      [[2], {}],
      [[], {}],
    ]);
    const { owners, channels, reasons } = batch.suppressions;
    expect([[...owners], channels, reasons]).toEqual([[2], ['SMS'], ['manual']]);
  });

  test('is of events only those from an instant on', async () => {
    contacts(1);
    write(
      `insert into events (contact_id, type, subject, occurred_at) values
        (1, 'a', 'x', 1), (1, 'a', 'y', 2), (1, 'b', 'z', 1)`,
    );
    const { batch } = await read({
      events: [
        { type: 'A', columns: ['occurredAt'], from: 2 },
        { type: 'b', columns: ['occurredAt'], from: null },
        { type: 'a', columns: ['subject'], from: 2 },
      ],
    });
    expect(batch.events.map(({ columns }) => columns)).toEqual([
      { occurredAt: [2] },
      { occurredAt: [1] },
      { subject: ['y'] },
    ]);
  });

  test('is a company only where there is one', async () => {
    contacts(1, 2, 3);
    write(
      `insert into companies (id, name, employees, created_at, updated_at)
        values (4, 'Acme', 10, 0, 0), (6, 'Bolt', null, 0, 0)`,
      'update contacts set company_id = 6 where id = 1',
      'update contacts set company_id = 5 where id = 2',
    );
    const { tables, batch } = await read({ companies: [sql`co.employees`] });
    const [employees] = tables.companies;
    expect([employees?.values, [...(employees?.codes ?? [])]]).toEqual([
      [10, null],
      [0, 1],
    ]);
    expect([...batch.company]).toEqual([1, -1, -1]);
  });
});

describe('companies', () => {
  const IDS = [2, 3, 7, 1_000_000, 2 ** 53 - 1];
  beforeEach(() => {
    const rows = IDS.map((id, at) => `(${id}, 'company ${id}', ${at % 2}, 0, 0)`);
    write(
      `insert into companies (id, name, employees, created_at, updated_at) values ${rows.join(', ')}`,
    );
  });

  test.each([1, 2, 3, 5, 6])('are the same, %d of them read at once', async (size) => {
    const found = await readCompanies(db, [sql`co.employees`, sql`co.name`], size);
    const columns = found.columns.map(({ values, codes }) =>
      Array.from(codes, (code) => values[code]),
    );
    expect(columns).toEqual([[0, 1, 0, 1, 0], IDS.map((id) => `company ${id}`)]);
    expect(found.columns.map(({ values }) => values.length)).toEqual([2, IDS.length]);
    expect(IDS.map((id) => found.positionOf(id))).toEqual([0, 1, 2, 3, 4]);
    const strays = [-1, 0, 1, 4, 8, 2 ** 53, null];
    expect(strays.map((id) => found.positionOf(id))).toEqual(strays.map(() => -1));
  });

  test('have too much text together, though none has in its part', async () => {
    write("update companies set name = id || printf('%.*c', 15000000, 'x')");
    await expect(async () => readCompanies(db, [sql`co.name`], 1)).rejects.toThrow(TooMuchOfOne);
    write("update companies set city = printf('%.*c', 15000000, 'x')");
    expect((await readCompanies(db, [sql`co.city`], 1)).columns[0]?.values).toHaveLength(1);
  });
});

describe('ranges', () => {
  test('hold so many rows, however far apart their ids are, and all ids', async () => {
    contacts(1, 2, 1_000_000, 2 ** 52, 2 ** 53 - 1);
    expect(rangesOf(db, 2)).toEqual([
      { after: ALL_IDS.after, until: 2 },
      { after: 2, until: 2 ** 52 },
      { after: 2 ** 52, until: ALL_IDS.until },
    ]);
    expect([rangesOf(db, 5).length, rangesOf(db, 1).length]).toEqual([1, 5]);
  });

  test('are cut by numbers where most of these are in use', async () => {
    contacts(3, 4, 5, 7, 8, 10);
    expect(rangesOf(db, 2)).toEqual([
      { after: ALL_IDS.after, until: 4 },
      { after: 4, until: 6 },
      { after: 6, until: 8 },
      { after: 8, until: ALL_IDS.until },
    ]);
  });

  const spacings: [string, (at: number) => number][] = [
    ['one after the other', (at) => at],
    ['with some gaps', (at) => at + Math.floor(at / 3)],
    ['with as many gaps', (at) => 2 * at],
    ['with more gaps', (at) => 3 * at],
    ['far away in part', (at) => (at < 50 ? at : 1000 * at)],
    ['ever further apart', (at) => at * at],
  ];

  test.each(spacings)('of ids %s have each once, and not too many', async (_, idOf) => {
    const ids = Array.from({ length: 60 }, (__, at) => idOf(at + 1));
    contacts(...ids);
    for (const size of [1, 2, 3, 7, 59, 60, 61]) {
      const ranges = rangesOf(db, size);
      const found = ranges.map(({ after, until }) => ids.filter((id) => id > after && id <= until));
      expect(found.flat()).toEqual(ids);
      expect(Math.max(...found.map(({ length }) => length))).toBeLessThanOrEqual(size);
      expect(ranges.length).toBeLessThanOrEqual(2 * Math.ceil(ids.length / size));
    }
  });

  test('of no contacts are one, for those who may come', async () => {
    expect(rangesOf(db, 2)).toEqual([ALL_IDS]);
  });

  test('in which there is too much text are read in parts', async () => {
    contacts(1, 2, 3);
    write("update contacts set city = printf('%.*c', 25000000, 'x')");
    const ranges = [ALL_IDS];
    const desk = new SqliteDesk(db, async () => ranges.shift(), new MatchTable(db, 'temp', []));
    const { batches } = await desk.read({ ...NOTHING, contacts: [sql`c.city`] });
    const found: (readonly [readonly number[], number | undefined])[] = [];
    for await (const { ids, contacts: columns } of batches)
      found.push([ids, (columns[0]?.[0] as string).length]);
    desk.close();
    expect(found).toEqual([
      [[1], 25_000_000],
      [[2, 3], 25_000_000],
    ]);
  });

  const long = (bytes: number): string => `printf('%.*c', ${bytes}, 'x')`;
  const tooMuch: [string, Partial<ColumnsWanted>, WantedPart][] = [
    [
      `update contacts set city = ${long(70_000_000)} where id = 2`,
      { contacts: [sql`c.phone`, sql`c.city`] },
      { kind: 'contacts', place: 1 },
    ],
    [
      `update contacts set city = ${long(40_000_000)}, phone = ${long(30_000_000)} where id = 2`,
      { contacts: [sql`c.phone`, sql`c.city`] },
      { kind: 'contacts', place: 1 },
    ],
    [
      `insert into companies (name, created_at, updated_at) values (${long(70_000_000)}, 0, 0)`,
      { companies: [sql`co.email`, sql`co.name`] },
      { kind: 'companies', place: 1 },
    ],
    [
      `insert into tags (name, created_at) values (${long(70_000_000)}, 0)`,
      { tags: true },
      { kind: 'tags', place: 0 },
    ],
    [
      `insert into events (contact_id, type, subject, occurred_at) values
        (2, 'b', ${long(40_000_000)}, 0), (2, 'b', ${long(40_000_000)}, 0)`,
      {
        events: [
          { type: 'a', columns: ['subject'], from: null },
          { type: 'b', columns: ['subject'], from: null },
        ],
      },
      { kind: 'events', place: 1 },
    ],
  ];

  test.each(tooMuch)(
    'of one contact that has too much name it: %s',
    async (statement, wanted, part) => {
      contacts(1, 2);
      write(statement);
      const ranges = [ALL_IDS];
      const desk = new SqliteDesk(db, async () => ranges.shift(), new MatchTable(db, 'temp', []));
      const reading = async (): Promise<void> => {
        const { batches } = await desk.read({ ...NOTHING, ...wanted });
        for await (const { ids } of batches) expect(ids).toEqual([1]);
      };
      const refused = await reading().catch((error: unknown) => error);
      desk.close();
      expect(refused).toBeInstanceOf(TooMuchOfOne);
      expect((refused as TooMuchOfOne).parts).toEqual([part]);
    },
  );

  test('are not read in parts where that is of no use', async () => {
    contacts(1, 2);
    write(`update contacts set city = ${long(70_000_000)} where id = 2`);
    const reader = await ColumnsReader.make(db, { ...NOTHING, contacts: [sql`c.city`] });
    await expect(async () => reader.batch(ALL_IDS)).rejects.toThrow(TooMuchOfOne);
    reader.close();
  });

  test('that were taken are read again when reading begins again', async () => {
    contacts(1, 2, 3, 4);
    const ranges = rangesOf(db, 2);
    const desk = new SqliteDesk(db, async () => ranges.shift(), new MatchTable(db, 'temp', []));
    const first = await desk.read(NOTHING);
    for await (const { ids } of first.batches) {
      expect(ids).toEqual([1, 2]);
      break;
    }
    const found: (readonly number[])[] = [];
    for await (const { ids } of (await desk.read(NOTHING)).batches) found.push(ids);
    desk.close();
    expect(found).toEqual([
      [1, 2],
      [3, 4],
    ]);
  });
});
