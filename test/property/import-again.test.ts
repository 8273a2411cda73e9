import fc from 'fast-check';
import { expect, test } from 'vitest';
import { eraseContacts } from '../../src/contact/erased.ts';
import { importContacts } from '../../src/csv/import.ts';
import type { ImportOptions } from '../../src/csv/import-options.ts';
import { createSegment } from '../../src/segment/definition.ts';
import { getSegment } from '../../src/segment/lookup.ts';
import { removeFromSegment } from '../../src/segment/members.ts';
import { makeWorld, NOW, type World } from '../csv/world.ts';
import { type Given, tryFile, written } from './importing.ts';

/*
 * What holds for every file of contacts, whatever is in it and with whichever options: each row is
 * in one count, a dry run says what the run then does and does nothing, the same file again changes
 * nothing, and so does one that is refused; and of somebody who was erased nothing comes back.
 * `ROLLCALL_LAW_RUNS` says how many are tried.
 */

const RUNS = Number(process.env['ROLLCALL_LAW_RUNS'] ?? 25);

/** What cells hold, by column: values, spellings of the same, nothing, and what is rejected. */
const CELLS: Readonly<Record<string, readonly string[]>> = {
  email: [
    ...['ann@x.example', 'ANN@x.example', ' bob@x.example', 'Bob <bob@x.example>', 'cy@x.example'],
    ...['jörg@x.example', 'JÖRG@x.example', 'kim@bücher.example', 'KIM@xn--bcher-kva.example'],
    ...['dan@x.example', 'eve@x.example', 'flo@x.example', 'gus@x.example', '', 'NULL', 'nobody'],
    'ZOE@x.example', // who was erased
  ],
  crm_id: ['k1', 'K1', ' k2', 'k3', 'Ω4', 'ω4', 'Z1', '', '', '', 'NULL'],
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

function optionsOf({ options, isJson, segments, mirror }: File): ImportOptions {
  const inputFormat = isJson ? 'ndjson' : 'csv';
  return { ...options, inputFormat, mirror, segments: mirror ? ['news'] : segments };
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
    'email,crm_id,wa\nann@x.example,k1,\nbob@x.example,,+33612\ncy@x.example,,\n,k3,\n' +
      'zoe@x.example,z1,\n',
    { keyless: 'insert', segments: ['news'] },
  );
  await world.store.write(async (tx) => {
    await eraseContacts(tx, { ids: [5], values: [] }, action);
    for (const alias of SEGMENTS)
      await removeFromSegment(tx, await getSegment(tx, alias), [2], { ...action, via: 'manual' });
  });
  return world;
}

/** The rows, and one that names who was erased by their address and by a number of its own. */
function withErased({ rows, uniques }: File): File['rows'] {
  if (!uniques.includes('email') || !uniques.includes('crm_id')) return rows;
  return [...rows, { ...rows[0]!, email: 'zoe@x.example', crm_id: 'z-only' }];
}

async function expectNobodyBack(world: World): Promise<void> {
  const values = `value collate nocase in ('zoe@x.example', 'z1', 'z-only')`;
  expect(
    await world.value(`
      select count(*)
      from (
        select email as value from contacts union all select crm_id from contacts
        union all select address from address_suppressions
        union all select value from value_suppressions
      )
      where ${values}`),
  ).toBe(0);
}

function givenBy(file: File): Given {
  const { columns, uniques, long, isJson } = file;
  const header = [...uniques, ...columns];
  const text = written(header, withErased(file), { long, isJson });
  return { ...text, imports: importContacts, options: optionsOf(file) };
}

test('law: every row of contacts is counted once, a dry run is the run, and a file changes nothing twice', async () => {
  const files = fc.array(file, { minLength: 1, maxLength: 3 });
  await fc.assert(
    fc.asyncProperty(files, async (some) => {
      const world = await withPeople();
      for (const [index, one] of some.entries())
        await tryFile(world, givenBy(one), NOW + (index + 1) * 10_000);
      await expectNobodyBack(world);
    }),
    { numRuns: RUNS },
  );
}, 600_000);
