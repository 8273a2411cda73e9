import Sqlite from 'better-sqlite3';
import { afterEach, expect, test, vi } from 'vitest';
import type { Store } from '../../src/store/index.ts';
import { createSegment } from '../../src/segment/definition.ts';
import { updateSegments } from '../../src/segment/update/run.ts';
import { addCrowd, NOW } from '../store/conformance/fixture.ts';
import { type SqliteFixture, sqliteFixture } from '../store/sqlite-fixture.ts';

/*
 * What an update does, counted: statements that are executed, and rows that they give. With twice
 * as many segments both grow by twice as much, not by four times.
 */

const MINUTE = 60_000;
const CONTACTS = 30;
/** What asks whether rows that are kept are still those of the store: microseconds. */
const VERSION = /^(pragma data_version|select total_changes\(\))$/;

let fixture: SqliteFixture | undefined;
afterEach(async () => {
  vi.restoreAllMocks();
  await fixture?.cleanup();
  fixture = undefined;
});

/** Counts what the driver executes from now on. */
function counting(): { statements: number; rows: number } {
  const counted = { statements: 0, rows: 0 };
  const { prepare } = Sqlite.prototype as {
    prepare: (this: Sqlite.Database, source: string) => Sqlite.Statement;
  };
  vi.spyOn(Sqlite.prototype, 'prepare').mockImplementation(function (
    this: Sqlite.Database,
    source: string,
  ) {
    const statement = prepare.call(this, source);
    if (VERSION.test(source)) return statement;
    for (const method of ['run', 'all', 'get'] as const) {
      const execute = statement[method].bind<(...values: unknown[]) => unknown>(statement);
      Object.assign(statement, {
        [method]: (...values: unknown[]) => {
          const result = execute(...values);
          counted.statements += 1;
          counted.rows += Array.isArray(result) ? result.length : 0;
          return result;
        },
      });
    }
    return statement;
  });
  return counted;
}

/** What the update after `change` takes in a store with these segments, all of them built before. */
async function takes(
  filters: readonly string[],
  change: (store: Store) => Promise<unknown>,
): Promise<{ readonly statements: number; readonly rows: number }> {
  const counted = counting();
  fixture = await sqliteFixture();
  await fixture.store.write(async (tx) => {
    await addCrowd(tx, CONTACTS);
    for (const [index, where] of filters.entries())
      await createSegment(tx, { name: `s${index}`, where }, { now: NOW, by: 'test' });
  });
  const { store } = fixture;
  for (const later of [0, MINUTE]) await updateSegments(store, { segments: [], now: NOW + later });
  await change(store);
  const before = { ...counted };
  const { reports } = await updateSegments(store, { segments: [], now: NOW + 2 * MINUTE });
  expect(reports.map(({ status }) => status)).toEqual(filters.map(() => 'ok'));
  expect(reports.some(({ mode }) => mode === 'full')).toBe(false);
  vi.restoreAllMocks();
  await fixture.cleanup();
  fixture = undefined;
  return {
    statements: counted.statements - before.statements,
    rows: counted.rows - before.rows,
  };
}

/** With twice the segments, what twenty more of them add must not have grown. */
async function expectLinear(
  filtersOf: (count: number) => readonly string[],
  change: (store: Store) => Promise<unknown>,
): Promise<void> {
  const [one, two, four] = [
    await takes(filtersOf(20), change),
    await takes(filtersOf(40), change),
    await takes(filtersOf(80), change),
  ];
  for (const what of ['statements', 'rows'] as const)
    expect([what, (four[what] - two[what]) / 2 <= (two[what] - one[what]) * 1.1 + 2]).toEqual([
      what,
      true,
    ]);
}

const chain = (depth: number): string[] =>
  Array.from({ length: depth }, (_, index) =>
    index === 0 ? 'points >= 500' : `in segment s${index - 1}`,
  );

const windows = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => `created_at in last ${index + 1} hours`);

test('segments whose windows moved take what is linear in their number, few statements', async () => {
  const nothing = async (): Promise<void> => {};
  await expectLinear(windows, nothing);
  const [few, many] = [await takes(windows(20), nothing), await takes(windows(50), nothing)];
  expect(many.statements - few.statements).toBeLessThan(10);
});

test('a chain of segments takes what is linear in its depth', async () => {
  await expectLinear(chain, async (store) =>
    store.write(async (tx) => tx.contacts.update([1], { points: 900 }, NOW)),
  );
});
