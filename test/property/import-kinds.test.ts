import fc from 'fast-check';
import { describe, test } from 'vitest';
import { eraseContacts } from '../../src/contact/erased.ts';
import type { importContacts } from '../../src/csv/import.ts';
import {
  importCompanies,
  importEvents,
  importMembers,
  importSuppressions,
} from '../../src/csv/import.ts';
import type { ImportOptions } from '../../src/csv/import-options.ts';
import { createSegment } from '../../src/segment/definition.ts';
import { makeWorld, NOW, type World } from '../csv/world.ts';
import { tryFile, written } from './importing.ts';

/*
 * What holds for every file of events, companies, members and wishes, as for one of contacts
 * (import-again.test.ts). `ROLLCALL_LAW_RUNS` says how many are tried.
 */

const RUNS = Number(process.env['ROLLCALL_LAW_RUNS'] ?? 15);

/** Known people in several spellings, one who was erased, some that are new, and what is none. */
const PEOPLE = [
  ...['ann@x.example', ' ANN@x.example', 'JÖRG@x.example', 'zoe@x.example', 'new@x.example'],
  ...['New@X.example', 'newer@x.example', 'nobody', '', 'NULL'],
];
const DAYS = ['2026-01-02', '2026-01-02 10:00', '2026-01-03T10:00:00Z', '', 'NULL', 'x'];

interface Kind {
  readonly imports: typeof importContacts;
  readonly cells: Readonly<Record<string, readonly string[]>>;
  readonly options: fc.Arbitrary<ImportOptions>;
}

const KINDS: Readonly<Record<string, Kind>> = {
  events: {
    imports: importEvents,
    cells: {
      email: PEOPLE,
      type: ['a.b', 'A.B', 'c', 'no type!'],
      occurred_at: DAYS.slice(0, 4),
      id: ['', '', 'e1', 'e1', 'E1', 'e2'],
      subject: ['', 's', 'S', ' s '],
      value: ['', '1', '1,0', 'Infinity', 'many'],
      'property.p': ['', 'v', 'V'],
    },
    options: fc.record({ createContacts: fc.boolean() }),
  },
  companies: {
    imports: importCompanies,
    cells: {
      name: ['Acme', 'ACME', ' Acme', 'Éclair', 'éclair', 'Beta', '', 'NULL'],
      siret: ['1', '2', ' 3', 'Ω4', 'ω4', '', '', 'NULL'],
      industry: ['Food', 'Steel', '', 'NULL'],
    },
    options: fc.record({
      key: fc.constantFrom('name', 'name', 'siret'),
      mode: fc.constantFrom<ImportOptions['mode']>('upsert', 'upsert', 'update', 'insert'),
      duplicates: fc.constantFrom<ImportOptions['duplicates']>('last', 'first', 'error'),
      keyless: fc.constantFrom<ImportOptions['keyless']>('reject', 'insert'),
    }),
  },
  members: {
    imports: importMembers,
    cells: {
      email: PEOPLE,
      unsubscribed: ['yes', 'no', '', 'sms', 'maybe'],
      city: ['Rome', ''],
    },
    options: fc.record({
      createContacts: fc.boolean(),
      mirror: fc.boolean(),
      segments: fc.constant(['news']),
      maxShrink: fc.constant({ kind: 'share' as const, share: 1 }),
      duplicates: fc.constantFrom<ImportOptions['duplicates']>('last', 'first', 'error'),
    }),
  },
  wishes: {
    imports: importSuppressions,
    cells: {
      email: PEOPLE,
      channel: ['', 'sms', 'SMS', 'fax', 'NULL'],
      reason: ['', 'bounced', 'Unsubscribed', 'active', 'weird', 'NULL'],
      created_at: DAYS,
    },
    options: fc.record({
      channels: fc.constantFrom<string[]>([], ['fax']),
      reason: fc.constantFrom<ImportOptions['reason']>(undefined, 'bounced'),
    }),
  },
  'wishes in columns': {
    imports: importSuppressions,
    cells: {
      email: PEOPLE,
      channel: ['', 'sms'],
      unsubscribed: ['yes', 'no', '', 'email|phone', 'maybe', '2026-01-02'],
      bounced: ['yes', '', 'active'],
    },
    options: fc.constant({}),
  },
};

async function peopled(): Promise<World> {
  const world = await makeWorld();
  await world.addField('siret', 'text', { unique: true, object: 'company' });
  const action = { now: NOW, by: null };
  await world.store.write(async (tx) => createSegment(tx, { name: 'news' }, action));
  await world.contacts('email,company\nann@x.example,Beta\njörg@x.example,\nzoe@x.example,\n', {
    segments: ['news'],
  });
  await world.store.write(async (tx) => eraseContacts(tx, { ids: [3], values: [] }, action));
  return world;
}

describe.each(Object.entries(KINDS))('a file of %s', (_, { imports, cells, options }) => {
  const columns = Object.keys(cells);
  const file = fc.record({
    rows: fc.array(
      fc.record(
        Object.fromEntries(columns.map((name) => [name, fc.constantFrom(...cells[name]!)])),
      ),
      { minLength: 1, maxLength: 8 },
    ),
    long: fc.array(fc.nat(7), { maxLength: 1 }),
    isJson: fc.boolean(),
    options,
  });

  test('law: every row is counted once, a dry run is the run, and a second time changes nothing', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(file, { minLength: 1, maxLength: 3 }), async (some) => {
        const world = await peopled();
        for (const [index, { rows, long, isJson, options: own }] of some.entries()) {
          const given = { ...written(columns, rows, { long, isJson }), imports };
          const format = { inputFormat: isJson ? ('ndjson' as const) : ('csv' as const) };
          await tryFile(
            world,
            { ...given, options: { ...own, ...format } },
            NOW + (index + 1) * 10_000,
          );
        }
      }),
      { numRuns: RUNS },
    );
  }, 600_000);
});
