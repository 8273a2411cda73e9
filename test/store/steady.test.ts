import type { SQL } from 'drizzle-orm';
import { afterEach, expect, test, vi } from 'vitest';
import { createField } from '../../src/contact/field-changes.ts';
import { createSegment } from '../../src/segment/definition.ts';
import type { Store } from '../../src/store/index.ts';
import { SqliteDatabase } from '../../src/store/sqlite/connection/database.ts';
import { render } from '../../src/store/sql/render.ts';
import { freshStore, NOW } from '../contact/fresh-store.ts';

/*
 * The thousandth definition costs what the first did. Work is counted here, not timed:
 * bench/definitions.js has the times.
 */

afterEach(() => void vi.restoreAllMocks());

interface Work {
  rows: number;
  statements: number;
  /**
   * Statements that walk the columns of a table, which SQLite tells anew each time, within a loop
   * over something else.
   */
  loops: string[];
}

/** What is read from here on, with the methods as they are. */
function watch(): Work {
  const work: Work = { rows: 0, statements: 0, loops: [] };
  for (const method of ['all', 'pluck'] as const) {
    const read = Reflect.get(SqliteDatabase.prototype, method) as (
      this: SqliteDatabase,
      query: SQL,
    ) => Promise<unknown[]>;
    vi.spyOn(SqliteDatabase.prototype, method).mockImplementation(async function (
      this: SqliteDatabase,
      query,
    ) {
      const rows = await read.call(this, query);
      note(work, this, query, rows.length);
      return rows;
    });
  }
  return work;
}

function note(work: Work, db: SqliteDatabase, query: SQL, rows: number): void {
  work.rows += rows;
  work.statements += 1;
  const { sql, params } = render(query);
  const plan = db.raw
    .prepare<unknown[], { detail: string }>(`explain query plan ${sql}`)
    .all(...params);
  const isWalk = ({ detail }: { detail: string }): boolean => /^(SCAN|SEARCH)/.test(detail);
  if (plan.some(({ detail }) => detail.includes('VIRTUAL TABLE')) && plan.filter(isWalk).length > 1)
    work.loops.push(sql);
}

async function workOf(store: Store, make: (store: Store) => Promise<unknown>): Promise<Work> {
  const work = watch();
  await make(store);
  vi.restoreAllMocks();
  return work;
}

const segment = (number: number, where: string) => async (store: Store) =>
  store.write(async (tx) =>
    createSegment(tx, { name: `s ${number}`, where }, { now: NOW, by: 'test' }),
  );
const field = (number: number) => async (store: Store) =>
  store.write(async (tx) =>
    createField(tx, { object: 'contact', alias: `f${number}`, type: 'text' }, NOW),
  );

test.each(['points > 5', 'in segment s-1'])(
  'a segment with the filter %s reads as much beside 300 others as beside three',
  async (where) => {
    const store = await freshStore();
    for (let number = 1; number <= 3; number++) await segment(number, `points > ${number}`)(store);
    const few = await workOf(store, segment(4, where));
    for (let number = 5; number <= 300; number++)
      await segment(number, `points > ${number}`)(store);
    expect(await workOf(store, segment(301, where))).toEqual(few);
  },
);

test('what was added is in the list, with those before it the same objects; after a rollback it is not', async () => {
  const store = await freshStore();
  await segment(1, 'points > 1')(store);
  const before = await store.read(async (tx) => tx.segments.list());
  await segment(2, 'points > 2')(store);
  const after = await store.read(async (tx) => tx.segments.list());
  expect([before.length, after.map(({ alias }) => alias), after[0] === before[0]]).toEqual([
    1,
    ['s-1', 's-2'],
    true,
  ]);
  await expect(
    store.write(async (tx) => {
      await createSegment(tx, { name: 'gone' }, { now: NOW, by: 'test' });
      throw new Error('taken back');
    }),
  ).rejects.toThrow('taken back');
  expect(
    await store.read(async (tx) => (await tx.segments.list()).map(({ alias }) => alias)),
  ).toEqual(['s-1', 's-2']);
});

test('a field reads each column and each field once', async () => {
  const store = await freshStore();
  await field(1)(store);
  const few = await workOf(store, field(2));
  for (let number = 3; number <= 60; number++) await field(number)(store);
  const many = await workOf(store, field(61));
  expect({
    statements: many.statements,
    grown: many.rows - few.rows,
    loops: [few.loops, many.loops],
  }).toEqual({ statements: few.statements, grown: 2 * 59, loops: [[], []] });
});
