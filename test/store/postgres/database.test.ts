import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { inReading, inWriting } from '../../../src/store/postgres/connection/transactions.ts';
import { describePostgres } from '../../helpers/postgres.ts';
import { openDatabase, writableSchema } from './fixture.ts';

describePostgres('a connection', () => {
  test('gives values as SQLite does', async () => {
    const db = await openDatabase((await writableSchema()).url);
    const row = await db.row(sql`
      select ${1}, ${0.1}, ${'é'}, ${null}, 7::int, 1::numeric, true, false, 'Infinity'::float8,
        '{"a": 1}'::jsonb, '12'::xid8, date '2026-03-01', ${Number.MAX_SAFE_INTEGER}`);
    expect(row).toEqual([
      1,
      0.1,
      'é',
      null,
      7,
      1,
      1,
      0,
      Infinity,
      '{"a": 1}',
      '12',
      '2026-03-01',
      2 ** 53 - 1,
    ]);
  });

  test('refuses a number that JavaScript cannot hold, and goes on', async () => {
    const db = await openDatabase((await writableSchema()).url);
    await expect(db.value(sql`select 9007199254740993`)).rejects.toThrow('out of reach');
    expect(await db.value(sql`select ${-(2 ** 53 - 1)}`)).toBe(-(2 ** 53 - 1));
  });

  test('gives rows in the forms of the interface', async () => {
    const db = await openDatabase((await writableSchema()).url);
    const rows = sql`select value as a, value * 2 as b from generate_series(1, 2) as value`;
    expect(await db.all(rows)).toEqual([
      { a: 1, b: 2 },
      { a: 2, b: 4 },
    ]);
    expect(await db.tuples(rows)).toEqual([
      [1, 2],
      [2, 4],
    ]);
    expect(await db.pluck(rows)).toEqual([1, 2]);
    expect(await db.get(rows)).toEqual({ a: 1, b: 2 });
    expect(await db.get(sql`${rows} limit 0`)).toBeUndefined();
    await expect(db.value(sql`${rows} limit 0`)).rejects.toMatchObject({
      code: 'DAMAGED',
      exit: 69,
    });
  });

  test('counts the rows that a statement changed', async () => {
    const db = await openDatabase((await writableSchema()).url);
    const add = sql`insert into notes select id, ${'x'} from generate_series(1, 3) as id`;
    expect(await db.run(add)).toBe(3);
    expect(await db.run(sql`delete from notes where id > ${1}`)).toBe(2);
  });

  test('takes lists as one value', async () => {
    const db = await openDatabase((await writableSchema()).url);
    const list = ['a', 'b "c"', 'd\\', '{e}'];
    expect(await db.pluck(sql`select unnest(${sql.param(list)}::text[])`)).toEqual(list);
    await db.define(sql`create view listed as select unnest(${sql.param(list)}::text[]) as text`);
    expect(await db.pluck(sql`select text from listed`)).toEqual(list);
  });

  test('does what is asked of it at once in the order in which it was asked', async () => {
    const db = await openDatabase((await writableSchema()).url);
    const answers = Array.from({ length: 20 }, async (_, index) => {
      await db.run(sql`insert into notes values (${index}, ${'x'})`);
      return db.value(sql`select count(*) from notes`);
    });
    expect(await db.value(sql`select count(*) from notes`)).toBe(20);
    await Promise.all(answers);
  });

  test('keeps a statement prepared that is used again, and prepares it anew after the schema changed', async () => {
    const db = await openDatabase((await writableSchema()).url);
    const prepared = sql`select count(*) from pg_prepared_statements`;
    const notes = sql`select * from notes where id = ${1}`;
    await db.all(notes);
    expect(await db.value(prepared)).toBe(0);
    await db.all(notes);
    expect(await db.value(prepared)).toBe(2); // itself, too
    await db.run(sql`insert into notes values (1, 'x')`);
    await db.define(sql`alter table notes add column more text`);
    expect(await db.all(notes)).toEqual([{ id: 1, text: 'x', more: null }]);
  });

  test('copies rows, whatever is in them', async () => {
    const db = await openDatabase((await writableSchema()).url);
    const texts = ['plain', 'tab\tnew\nline\rreturn', 'back\\slash\\N', '', null, 'é🎉'];
    await db.define(sql`create temporary table stage (line bigint, text text collate "C")`);
    const rows = texts.map((text, line) => [line, text] as const);
    expect(await db.copy(sql`pg_temp.stage (line, text)`, rows)).toBe(6);
    expect(await db.pluck(sql`select text from pg_temp.stage order by line`)).toEqual(texts);
  });

  test('copies many rows no faster than the server takes them', async () => {
    const db = await openDatabase((await writableSchema()).url);
    await db.define(sql`create temporary table stage (line bigint, text text)`);
    async function* rows(): AsyncGenerator<[number, string]> {
      for (let line = 1; line <= 50_000; line++) yield [line, 'x'.repeat(100)];
    }
    expect(await db.copy(sql`pg_temp.stage`, rows())).toBe(50_000);
    expect(await db.value(sql`select sum(line) from pg_temp.stage`)).toBe(1_250_025_000);
  });

  test('undoes a copy whose rows break off or do not fit, and goes on', async () => {
    const db = await openDatabase((await writableSchema()).url);
    function* broken(): Generator<[number, string]> {
      yield [1, 'x'];
      throw new Error('the file ends');
    }
    await expect(db.copy(sql`notes`, broken())).rejects.toThrow('the file ends');
    const twice = [
      [1, 'x'],
      [1, 'x'],
    ] as const;
    await expect(db.copy(sql`notes`, twice)).rejects.toMatchObject({ code: 'TAKEN' });
    expect(await db.value(sql`select count(*) from notes`)).toBe(0);
  });

  test('has another version after each write, its own or of others, and the same while nobody writes', async () => {
    const { url } = await writableSchema();
    const [db, other] = [await openDatabase(url), await openDatabase(url)];
    const add = (id: number) => sql`insert into notes values (${id}, ${'x'})`;
    const seen = async (): Promise<string> => inReading(db, async () => db.version());
    const first = await seen();
    expect(await seen()).toBe(first);
    await inWriting(other, async () => other.run(add(1)));
    const second = await seen();
    const own = await inWriting(db, async () => {
      const before = await db.version();
      await db.run(add(2));
      return [before, await db.version()];
    });
    const last = await seen();
    expect(new Set([first, second, ...own, last]).size).toBe(own[0] === second ? 4 : 5);
    expect(last).not.toBe(own[1]);
  });

  test('has the same version after work on temporary tables', async () => {
    const db = await openDatabase((await writableSchema()).url);
    await db.define(sql`create temporary table stage (line bigint)`);
    await inWriting(db, async () => {
      const before = await db.version();
      await db.run(sql`insert into pg_temp.stage values (1)`);
      await db.run(sql`update pg_temp.stage set line = 2`);
      expect(await db.version()).toBe(before);
    });
  });

  test('keeps what was made once in a transaction, for its length', async () => {
    const db = await openDatabase((await writableSchema()).url);
    let made = 0;
    const make = (): number => db.onceInTransaction('it', () => (made += 1));
    await inReading(db, async () => {
      expect([make(), make()]).toEqual([1, 1]);
      db.forgetOnce('it');
      expect(make()).toBe(2);
    });
    await inReading(db, async () => expect(make()).toBe(3));
  });
});
