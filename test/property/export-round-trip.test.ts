import { Readable } from 'node:stream';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { USUAL_CHANNELS } from '../../src/contact/channels.ts';
import { isProblem, isTagName, valueParser } from '../../src/contact/values.ts';
import { importSuppressions } from '../../src/csv/import.ts';
import { main } from '../../src/main.ts';
import type { FieldType, NewRecord, WriteTx } from '../../src/store/index.ts';
import { fold } from '../../src/support/fold.ts';
import { makeWorld, NOW, type World } from '../csv/world.ts';
import { fakeIo } from '../helpers/streams.js';

/*
 * Export, import into an empty store, export again: the same bytes, for stores of whatever values
 * their fields take, as CSV in every dialect and as NDJSON.
 */

const OPTIONS = ['tea', 'NULL', '=x', "'y", 'a,b', 'a;b', '"q"', '-', 'yes', '\\N', '="06"'];
const FIELDS: readonly (readonly [string, FieldType])[] = [
  ['note', 'text'],
  ['score', 'number'],
  ['born', 'date'],
  ['seen', 'datetime'],
  ['vip', 'boolean'],
  ['site', 'url'],
  ['mail2', 'email'],
  ['cell', 'phone'],
  ['drink', 'select'],
  ['likes', 'multiselect'],
];
/** What `id` and `updated_at` of another store are is its own matter. */
const COLUMNS = [
  ...['email', 'first_name', 'phone', 'points', 'company', 'tags', 'created_at', 'identified_at'],
  ...['last_active_at', ...FIELDS.map(([alias]) => alias)],
  ...['unsubscribed', 'bounced', 'do_not_contact'],
];

const unit = fc.constantFrom(
  ...['a', 'É', 'ß', 'İ', '東', '😀', 'e\u0301', '"', "'", "''", ',', ';', '|', '\\', '\r', '\n'],
  ...['\t', '=', '+', '-', '@', ' ', '\u00a0', '\ufeff', '\u200b', '\u2028', '(', ')', '0', '12'],
  ...['NULL', '\\N', '€', '%', '.', ':', '/', '<', '>', '$&', '\u001a', '\u0085', '{', '['],
);
const oddText = fc.oneof(
  fc.string({ unit, minLength: 1, maxLength: 6 }),
  fc.constantFrom('NULL', "'NULL", "''NULL", '\\N', "'\\N", 'null', '=1', '="06"', '="', "'=1"),
  fc.constantFrom("'", "''", "' a '", " '", '_line', 'sep=;', 'a,b', '0000-00-00', '(5)', '12 %'),
  fc.constantFrom("'+33 6", "''+33 6", "'6", 'true', 'email', 'note', 'Ann <a@b.example>', '-x'),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 }),
);

/** Those texts that a field of this type takes, as it stores them. */
function taken(type: FieldType, texts: fc.Arbitrary<string> = oddText): fc.Arbitrary<string> {
  const parse = valueParser({ type, options: OPTIONS }, { zone: 'UTC' });
  return texts
    .map((text) => parse(text.normalize('NFC').replaceAll('\0', '0')))
    .filter((value) => typeof value === 'string' && !isProblem(value))
    .map(String);
}

const day = fc
  .date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10));
const instant = fc.oneof(
  fc.integer({ min: Date.parse('0001-01-01'), max: Date.parse('9999-12-30') }),
  fc.constantFrom(0, -1, NOW, NOW + 1, NOW + 1000),
);
const number = fc
  .oneof(
    fc.double({ noNaN: true }),
    fc.integer(),
    fc.constantFrom(Infinity, -Infinity, 2 ** 60, -(2 ** 53), 1e21, 1e-7, 0.1, 5e-324, 1.5),
  )
  .map((value) => value + 0);
const phone = taken(
  'phone',
  fc.oneof(
    oddText,
    fc.string({ unit: fc.constantFrom(...["'", '+', '(', '6', ' ', '=', 'E', '.']) }),
  ),
);
const multiselect = fc.subarray(OPTIONS, { minLength: 1 }).map((chosen) => `|${chosen.join('|')}|`);
const sometimes = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | null> =>
  fc.option(value, { freq: 2 });
const trimmed = oddText.map((text) => text.normalize('NFC').replaceAll('\0', '').trim());

interface Person {
  readonly values: NewRecord;
  readonly company: string | null;
  readonly tags: readonly string[];
  readonly consent: readonly (readonly [string, 'unsubscribed' | 'bounced' | 'manual'])[];
}

const person: fc.Arbitrary<Person> = fc.record({
  values: fc.record({
    email: sometimes(fc.constantFrom('', '-', '+', "'", "'=", '=', '1', 'É')),
    first_name: sometimes(taken('text')),
    phone: sometimes(phone),
    points: number,
    created_at: instant,
    identified_at: sometimes(instant),
    last_active_at: sometimes(instant),
    note: sometimes(taken('text')),
    score: sometimes(number),
    born: sometimes(day),
    seen: sometimes(instant),
    vip: sometimes(fc.constantFrom(0, 1)),
    site: sometimes(taken('url')),
    mail2: sometimes(
      taken('email', fc.constantFrom("'=a@b.example", '+a@b.example', 'É@b.example')),
    ),
    cell: sometimes(phone),
    drink: sometimes(fc.constantFrom(...OPTIONS)),
    likes: sometimes(multiselect),
  }),
  company: sometimes(trimmed.filter((name) => name !== '')),
  tags: fc.array(trimmed.map((tag) => tag.replaceAll('|', '/')).filter(isTagName), {
    maxLength: 3,
  }),
  consent: fc.array(
    fc.tuple(
      fc.constantFrom('email', 'sms', 'fax', 'null', 'blocked', 'active'),
      fc.constantFrom('unsubscribed' as const, 'bounced' as const, 'manual' as const),
    ),
    { maxLength: 3 },
  ),
});

async function withFields(): Promise<World> {
  const world = await makeWorld();
  for (const [alias, type] of FIELDS) {
    const hasOptions = type === 'select' || type === 'multiselect';
    await world.addField(alias, type, hasOptions ? { options: OPTIONS } : {});
  }
  return world;
}

async function fill(world: World, people: readonly Person[]): Promise<void> {
  await world.store.write(async (tx) => {
    for (const [index, each] of people.entries()) await add(tx, each, index);
  });
}

async function add(
  tx: WriteTx,
  { values, company, tags, consent }: Person,
  index: number,
): Promise<void> {
  const email = values['email'] === null ? null : `${values['email'] ?? ''}u${index}@x.example`;
  const id = await tx.contacts.insert(
    {
      ...values,
      email,
      // who has an address was identified once
      identified_at: values['identified_at'] ?? (email === null ? null : NOW),
      company_id: await companyNamed(tx, company),
    },
    NOW,
  );
  await tx.contacts.tag([id], tags, NOW);
  for (const [channel, reason] of consent) await tx.contacts.suppress([id], [channel], reason, NOW);
}

async function companyNamed(tx: WriteTx, name: string | null): Promise<number | null> {
  if (name === null) return null;
  const [known = null] = await tx.companies.match('name', [name]);
  return known ?? tx.companies.insert({ name }, NOW);
}

async function exported(world: World, command: string, ...options: string[]): Promise<string> {
  const { io, stdout, stderr } = fakeIo();
  const status = await main([command, ...options, '--db', `${world.folder}/crm.db`], io);
  expect([status, stderr()]).toEqual([0, '']);
  return stdout();
}

const CHANNELS = [...USUAL_CHANNELS, 'fax', 'null', 'blocked', 'active'];

const dialect = fc.constantFrom<readonly string[]>(
  [],
  ['--delimiter', ';'],
  ['--delimiter', 'tab', '--crlf', '--bom'],
  ['--delimiter', '|'],
  ['--delimiter', '^'],
  ['--local-time'],
  ['--format', 'json'],
  ['--format', 'ndjson'],
  ['--format', 'ndjson', '--local-time'],
);

test('contacts come back the same, those without a key too', { timeout: 300_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(person, { minLength: 1, maxLength: 40 }),
      fc.shuffledSubarray(COLUMNS, { minLength: COLUMNS.length }),
      dialect,
      async (people, columns, options) => {
        const [before, after] = [await withFields(), await withFields()];
        for (const world of [before, after])
          await world.store.write(async (tx) => tx.settings.set({ timezone: 'Europe/Paris' }));
        await fill(before, people);
        const line = ['contacts:export', '--fields', columns.join(','), ...options] as const;
        const first = await exported(before, ...line);
        const reading = {
          keyless: 'insert',
          channels: CHANNELS,
          ...(options.includes('^') ? { delimiter: '^' } : {}),
        } as const;
        const report = await after.contacts(first, reading);
        expect(report).toMatchObject({ inserted: people.length, rejected: 0 });
        expect(await exported(after, ...line)).toBe(first);
        expect(await after.contacts(first, reading)).toMatchObject({ unchanged: people.length });
      },
    ),
    { numRuns: 12 },
  );
});

const COMPANY = ['name', 'city', 'country', 'employees', 'website', 'phone', 'industry'];

test('companies come back the same', { timeout: 300_000 }, async () => {
  const company = fc.record({
    name: trimmed.filter((name) => name !== ''),
    city: sometimes(taken('text')),
    country: sometimes(taken('text')),
    employees: sometimes(number),
    website: sometimes(taken('url')),
    phone: sometimes(phone),
    industry: sometimes(taken('text')),
  });
  const companies = fc.uniqueArray(company, {
    minLength: 1,
    maxLength: 30,
    selector: ({ name }) => fold(name),
  });
  await fc.assert(
    fc.asyncProperty(
      companies,
      fc.shuffledSubarray(COMPANY),
      dialect,
      async (all, some, options) => {
        const [before, after] = [await makeWorld(), await makeWorld()];
        await before.store.write(async (tx) => {
          for (const each of all) await tx.companies.insert(each, NOW);
        });
        const columns = some.includes('name') ? some : [...some, 'name'];
        const line = ['companies:export', '--fields', columns.join(','), ...options] as const;
        const first = await exported(before, ...line);
        const reading = options.includes('^') ? { delimiter: '^' } : {};
        expect(await after.companies(first, reading)).toMatchObject({ inserted: all.length });
        expect(await exported(after, ...line)).toBe(first);
      },
    ),
    { numRuns: 10 },
  );
});

test('suppressions come back the same', { timeout: 300_000 }, async () => {
  const wish = fc.record({
    address: fc
      .constantFrom('', '-', '+', "'", "'=", '=', '1', 'É')
      .chain((start) => fc.nat(5).map((end) => `${start}u${end}@x.example`)),
    channel: fc.constantFrom('email', 'sms', 'fax', 'null', 'blocked'),
    reason: fc.constantFrom('unsubscribed' as const, 'bounced' as const, 'manual' as const),
    createdAt: instant,
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(wish, { minLength: 1, maxLength: 30 }),
      dialect,
      async (all, options) => {
        const [before, after] = [await makeWorld(), await makeWorld()];
        await before.store.write(async (tx) => tx.suppressions.add(all));
        const first = await exported(before, 'suppressions:export', ...options);
        const reading = {
          channels: CHANNELS,
          ...(options.includes('^') ? { delimiter: '^' } : {}),
        };
        const report = await importSuppressions(
          after.store,
          after.file('suppressions.csv', first),
          reading,
          { stdin: Readable.from([]), now: NOW, by: 'tester' },
        );
        expect(report).toMatchObject({ rejected: 0 });
        expect(await exported(after, 'suppressions:export', ...options)).toBe(first);
      },
    ),
    { numRuns: 10 },
  );
});

const property = fc.constantFrom(
  'sku',
  'SKU',
  'é',
  'a,b',
  'a"b',
  '=x',
  "'",
  'id',
  'email',
  '__proto__',
);
const event = fc.record({
  type: fc.constantFrom('page.hit', 'Page.Hit', 'purchase', 'é_1-b'),
  subject: sometimes(taken('text')),
  value: sometimes(number),
  occurredAt: instant,
  properties: sometimes(fc.dictionary(property, taken('text'), { minKeys: 1, maxKeys: 4 })),
  externalId: sometimes(taken('text')),
  contact: fc.nat(4),
});

test(
  'events come back the same, and change nothing where they came from',
  { timeout: 300_000 },
  async () => {
    const events = fc.uniqueArray(event, {
      minLength: 1,
      maxLength: 30,
      comparator: (a, b) => a !== null && a === b,
      selector: ({ externalId }) => externalId,
    });
    await fc.assert(
      fc.asyncProperty(
        events,
        fc.constantFrom('email', 'code'),
        dialect,
        async (all, key, options) => {
          const [before, after] = [await makeWorld(), await makeWorld()];
          for (const world of [before, after]) {
            await world.addField('code', 'text', { unique: true });
            await world.store.write(async (tx) => tx.settings.set({ timezone: 'Europe/Paris' }));
          }
          await before.store.write(async (tx) => {
            for (const code of ['=1', "'x", '12', 'é', '+33'])
              await tx.contacts.insert(
                { email: `u${code.length}${code.codePointAt(0)}@x.example`, code },
                NOW,
              );
            await tx.events.insert(
              all.map(({ contact, ...rest }) => ({ ...rest, contactId: contact + 1 })),
              NOW,
            );
          });
          const line = ['events:export', '--key', key, ...options] as const;
          const first = await exported(before, ...line);
          const reading = {
            createContacts: true,
            ...(options.includes('^') ? { delimiter: '^' } : {}),
          };
          expect(await before.events(first, reading)).toMatchObject({ unchanged: all.length });
          expect(await after.events(first, reading)).toMatchObject({ inserted: all.length });
          expect(await exported(after, ...line)).toBe(first);
        },
      ),
      { numRuns: 12 },
    );
  },
);
