import { join } from 'node:path';
import { Readable } from 'node:stream';
import { stringify } from 'csv-stringify/sync';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { importContacts } from '../../src/csv/import.ts';
import type { ImportOptions, ImportReport } from '../../src/csv/import-options.ts';
import { createSegment } from '../../src/segment/definition.ts';
import { getSegment } from '../../src/segment/lookup.ts';
import { removeFromSegment } from '../../src/segment/members.ts';
import { UserError } from '../../src/support/errors.ts';
import { makeWorld, NOW, type World } from '../csv/world.ts';
import { dumpStore } from '../helpers/store-dump.ts';

/*
 * What holds for every file of contacts, whatever is in it and with whichever options: each row is
 * in one count, a dry run says what the run then does and does nothing, the same file again changes
 * nothing, and so does one that is refused. `ROLLCALL_LAW_RUNS` says how many are tried.
 */

const RUNS = Number(process.env['ROLLCALL_LAW_RUNS'] ?? 25);

/** What cells hold, by column: values, spellings of the same, nothing, and what is rejected. */
const CELLS: Readonly<Record<string, readonly string[]>> = {
  email: [
    ...['ann@x.example', 'ANN@x.example', ' bob@x.example', 'Bob <bob@x.example>', 'cy@x.example'],
    ...['jörg@x.example', 'JÖRG@x.example', 'kim@bücher.example', 'KIM@xn--bcher-kva.example'],
    ...['dan@x.example', 'eve@x.example', 'flo@x.example', 'gus@x.example', '', 'NULL', 'nobody'],
  ],
  crm_id: ['k1', 'K1', ' k2', 'k3', 'Ω4', 'ω4', '', '', '', 'NULL'],
  wa: ['+33 612', '0033612', '33612', '+44 (20)', '004420', '', '', '', '', '', 'NULL', '3.36E+10'],
  city: ['Rome', ' Rome ', 'Oslo', '', 'NULL'],
  points: ['5', '7', '8', '9', '', '', 'NULL', 'many'],
  tags: ['vip', 'VIP|new', '-vip', 'new|-vip', 'vip|-VIP', 'NULL', ''],
  company: ['Acme', 'ACME', ' Beta', 'NULL', '', ''],
  segments: ['news', 'hot', 'news|hot', '', ''],
  unsubscribed: [
    'yes',
    'no',
    'sms',
    '-sms',
    'email|sms',
    'NULL',
    '2024-01-02',
    '',
    '',
    '',
    'maybe',
  ],
  bounced: ['yes', 'no', 'active', '', ''],
  do_not_contact: ['yes', '-sms', 'NULL', '', ''],
  last_active_at: ['2026-01-01', '2026-02-01', '', 'NULL'],
  identified_at: ['2026-01-01', '', 'NULL'],
  created_at: ['2025-01-01', '2025-01-02', '', ''],
};
const COLUMNS = Object.keys(CELLS);
const SEGMENTS = ['news', 'hot'];

const row = fc.record(
  Object.fromEntries(COLUMNS.map((column) => [column, fc.constantFrom(...CELLS[column]!)])),
);
const file = fc.record({
  rows: fc.array(row, { minLength: 1, maxLength: 10 }),
  columns: fc.subarray(COLUMNS.slice(3), { maxLength: 6 }),
  uniques: fc.subarray(COLUMNS.slice(0, 3), { minLength: 1 }),
  /** Rows with a cell more than the header. */
  long: fc.array(fc.nat(9), { maxLength: 1 }),
  isJson: fc.boolean(),
  segments: fc.subarray(SEGMENTS),
  mirror: fc.constantFrom(false, false, true),
  options: fc.record({
    key: fc.constantFrom('email', 'email', 'crm_id', 'wa'),
    keyless: fc.constantFrom<ImportOptions['keyless']>('reject', 'insert'),
    mode: fc.constantFrom<ImportOptions['mode']>('upsert', 'upsert', 'upsert', 'update', 'insert'),
    duplicates: fc.constantFrom<ImportOptions['duplicates']>('last', 'last', 'first', 'error'),
    maxShrink: fc.constantFrom<ImportOptions['maxShrink']>(undefined, { kind: 'share', share: 1 }),
    allowResubscribe: fc.boolean(),
    overrideRemovals: fc.boolean(),
  }),
});
type File = typeof file extends fc.Arbitrary<infer T> ? T : never;

/** The text of a file without rows that have no content, and how many rows it has. */
function written({ rows, columns, uniques, long, isJson }: File): { text: string; rows: number } {
  const header = [...uniques, ...columns];
  const filled = rows.filter((cells) => header.some((name) => cells[name]!.trim() !== ''));
  const lines = isJson
    ? filled.map((cells) => JSON.stringify(Object.fromEntries(header.map((n) => [n, cells[n]]))))
    : [header, ...filled.map((cells) => header.map((name) => cells[name]))].map((cells, at) =>
        stringify([long.includes(at - 1) ? [...cells, 'x'] : cells], { eof: false }),
      );
  return { text: `${lines.join('\n')}\n`, rows: filled.length };
}

function optionsOf({ options, isJson, segments, mirror }: File): ImportOptions {
  const inputFormat = isJson ? 'ndjson' : 'csv';
  return { ...options, inputFormat, mirror, segments: mirror ? ['news'] : segments };
}

/** What is told of an import, but for what differs from one to the next; or why it was refused. */
type Told = Partial<ImportReport> | { readonly refused: string };

async function importing(world: World, text: string, options: ImportOptions, now: number) {
  const path = world.file('contacts.txt', text);
  try {
    const context = { stdin: Readable.from([]), now, by: null };
    const report = await importContacts(world.store, path, options, context);
    return { ...report, ms: 0, importId: null, rejectsFile: null };
  } catch (error) {
    if (error instanceof UserError) return { refused: error.code };
    throw error;
  }
}

/** All tables, but for the list of imports and its counter. */
function stateOf(world: World): Record<string, unknown[]> {
  const tables = dumpStore(join(world.folder, 'crm.db'));
  const counters = (tables['sqlite_sequence'] as [string, number][]).filter(
    ([table]) => table !== 'imports',
  );
  return { ...tables, imports: [], sqlite_sequence: counters };
}

async function withPeople(): Promise<World> {
  const world = await makeWorld();
  await world.addField('crm_id', 'text', { unique: true });
  await world.addField('wa', 'phone', { unique: true });
  const action = { now: NOW, by: null };
  await world.store.write(async (tx) => {
    await createSegment(tx, { name: 'news' }, action);
    await createSegment(tx, { name: 'hot', where: 'points > 10' }, action);
  });
  await world.contacts(
    'email,crm_id,wa\nann@x.example,k1,\nbob@x.example,,+33612\ncy@x.example,,\n,k3,\n',
    { keyless: 'insert', segments: ['news'] },
  );
  await world.store.write(async (tx) => {
    for (const alias of SEGMENTS)
      await removeFromSegment(tx, await getSegment(tx, alias), [2], { ...action, via: 'manual' });
  });
  return world;
}

function expectEachRowCounted(told: Told, rows: number): void {
  if ('refused' in told) return;
  const { inserted = 0, updated = 0, unchanged = 0, merged = 0, rejected = 0 } = told;
  expect([told.rows, inserted + updated + unchanged + merged + rejected]).toEqual([rows, rows]);
}

/** What the second time is to say of what the first one said. */
function expectSame(first: Told, second: Told, { mode }: ImportOptions): void {
  // all rows of known records
  if (mode === 'insert' || 'refused' in first) return;
  const { inserted = 0, updated = 0, unchanged = 0 } = first;
  const nothing = { inserted: 0, updated: 0, unchanged: inserted + updated + unchanged };
  const others = { merged: first.merged, rejected: first.rejected, heldOut: first.heldOut };
  expect(second).toMatchObject({ ...nothing, ...others, segmentAdded: 0, left: 0 });
}

async function tryFile(world: World, given: File, now: number): Promise<void> {
  const { text, rows } = written(given);
  const options = optionsOf(given);
  const before = stateOf(world);
  const foretold = await importing(world, text, { ...options, dryRun: true }, now);
  expect(stateOf(world)).toEqual(before);
  const told = await importing(world, text, options, now);
  expect(told).toEqual(foretold);
  expectEachRowCounted(told, rows);
  const after = stateOf(world);
  if ('refused' in told) expect(after).toEqual(before);
  const again = await importing(world, text, options, now + 1_000);
  expectEachRowCounted(again, rows);
  expect(stateOf(world)).toEqual(after);
  expectSame(told, again, options);
}

test('law: every row is counted once, a dry run is what the run does, and a file changes nothing twice', async () => {
  const files = fc.array(file, { minLength: 1, maxLength: 3 });
  await fc.assert(
    fc.asyncProperty(files, async (some) => {
      const world = await withPeople();
      for (const [index, one] of some.entries())
        await tryFile(world, one, NOW + (index + 1) * 10_000);
    }),
    { numRuns: RUNS },
  );
}, 600_000);
