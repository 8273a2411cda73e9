import fc from 'fast-check';
import { expect, test } from 'vitest';
import { valueParser } from '../../src/contact/values.ts';
import { exportCompanies, exportContacts, type ExportOptions } from '../../src/csv/export.ts';
import { pumped } from '../../src/csv/pump.ts';
import type { NewRecord } from '../../src/store/index.ts';
import { BLANK_ATTRIBUTES } from '../../src/store/segment-attributes.ts';
import { makeWorld, NOW, refusal, type World } from './world.ts';

async function text(pieces: AsyncIterable<string>): Promise<string> {
  let all = '';
  for await (const piece of pieces) all += piece;
  return all;
}

const exported = async (world: World, options: ExportOptions): Promise<string> =>
  text(exportContacts(world.store, options));

async function insert(world: World, ...contacts: NewRecord[]): Promise<void> {
  await world.store.write(async (tx) => {
    for (const contact of contacts) await tx.contacts.insert(contact, NOW);
  });
}

async function withFields(): Promise<World> {
  const world = await makeWorld();
  await world.addField('likes', 'multiselect', { options: ['tea', 'rye', 'NULL', '=x'] });
  await world.addField('born', 'date');
  await world.addField('vip', 'boolean');
  await world.addField('note', 'text');
  return world;
}

test('fields in any order, values as they can be read again', async () => {
  const world = await withFields();
  await insert(
    world,
    {
      email: 'ann@example.org',
      likes: '|tea|rye|',
      born: '2001-02-03',
      vip: 0,
      points: 1.5,
      last_active_at: NOW,
    },
    { note: 'a,"b"\r\nc', points: -5, vip: 1 },
  );
  expect(
    await exported(world, {
      fields: ['points', 'email', 'likes', 'BORN', 'vip', 'note', 'last_active_at', 'id'],
    }),
  ).toBe(
    'points,email,likes,born,vip,note,last_active_at,id\n' +
      '1.5,ann@example.org,tea|rye,2001-02-03,false,,2026-03-01T10:00:00Z,1\n' +
      '-5,,,,true,"a,""b""\r\n' +
      'c",,2\n',
  );
  expect(await exported(world, { fields: ['note'] })).toBe('note\n""\n"a,""b""\r\nc"\n');
});

test('tags, company, and companies', async () => {
  const world = await makeWorld();
  await world.contacts('email,tags,company\nann@example.org,b|a,=Acme\n');
  expect(await exported(world, { fields: ['tags', 'company'] })).toBe("tags,company\na|b,'=Acme\n");
  expect(await text(exportCompanies(world.store, { fields: ['name', 'employees'] }))).toBe(
    "name,employees\n'=Acme,\n",
  );
});

test('delimiter, byte order mark, line ends, and cells left as they are', async () => {
  const world = await makeWorld();
  await insert(world, { email: 'ann@example.org', first_name: '=1+1', city: 'a;b' });
  const fields = ['first_name', 'city'];
  expect(await exported(world, { fields, delimiter: ';', bom: true, crlf: true })).toBe(
    '\ufefffirst_name;city\r\n\'=1+1;"a;b"\r\n',
  );
  expect(await exported(world, { fields, raw: true })).toBe('first_name,city\n=1+1,a;b\n');
  expect(await exported(world, { fields, delimiter: 'tab' })).toBe(
    "first_name\tcity\n'=1+1\ta;b\n",
  );
});

test('only the members of a segment', async () => {
  const world = await makeWorld();
  await insert(world, { email: 'ann@example.org' }, { email: 'bob@example.org' });
  await world.store.write(async (tx) => {
    await tx.segments.insert(
      {
        alias: 'a',
        name: 'a',
        kind: 'static',
        filter: null,
        ...BLANK_ATTRIBUTES,
      },
      { now: NOW, by: null },
    );
    await tx.members.add(1, [2], { via: 'manual', now: NOW, runId: null });
  });
  expect(await exported(world, { fields: ['email'], segmentId: 1 })).toBe(
    'email\nbob@example.org\n',
  );
});

test('a text that begins like a file stays a text', async () => {
  const [world, other] = [await withFields(), await withFields()];
  await insert(world, { email: 'ann@example.org', note: '\ufeffx' });
  const csv = await exported(world, { fields: ['note', 'email'] });
  expect(csv).toBe('note,email\n"\'\ufeffx\'",ann@example.org\n');
  await other.contacts(csv);
  expect(await other.list('note')).toEqual(['\ufeffx']);
});

test('every field by default, in a form that imports', async () => {
  const world = await withFields();
  await insert(world, { email: 'ann@example.org' });
  const csv = await exported(world, {});
  expect(csv.split('\n')[0]).toMatch(
    /^id,email,.*,company,tags,created_at,updated_at,identified_at,last_active_at,likes,born,vip,note,unsubscribed,bounced,do_not_contact$/,
  );
  expect((await world.contacts(csv)).notes).toEqual([
    'left out, because the store keeps them itself: `id`, `updated_at`',
  ]);
});

test('an unknown field and a wrong delimiter are refused', async () => {
  const world = await makeWorld();
  expect(await refusal(exported(world, { fields: ['emial'] }))).toMatchObject({
    exit: 2,
    code: 'UNKNOWN_FIELD',
  });
  expect(await refusal(exported(world, { delimiter: ';;' }))).toMatchObject({
    exit: 2,
    code: 'BAD_DELIMITER',
  });
});

test('pages are of one moment, and a reader who stops ends the transaction', async () => {
  const world = await makeWorld();
  await world.contacts(
    `email\n${Array.from({ length: 5000 }, (_, index) => `u${index}@example.org\n`).join('')}`,
  );
  const lines = (await exported(world, { fields: ['id'] })).trimEnd().split('\n');
  expect(lines).toEqual(['id', ...Array.from({ length: 5000 }, (_, index) => String(index + 1))]);
  for await (const piece of exportContacts(world.store, { fields: ['id'] })) {
    expect(piece).toBe('id\n');
    break;
  }
  // waits for ever if the transaction is still open
  await insert(world, { email: 'late@example.org' });
  expect((await world.list('email')).length).toBe(5001);
});

test('work that fails fails for its reader, and goes no further than it is read', async () => {
  const written: number[] = [];
  const work = pumped(async (sink) => {
    for (let piece = 0; piece < 100; piece++) {
      await sink.write(String(piece));
      written.push(piece);
    }
  });
  await work.next();
  await new Promise(setImmediate);
  expect(written.length).toBeLessThan(5);
  await work.return(undefined);
  await expect(
    text(
      pumped(async (sink) => {
        await sink.write('a');
        throw new Error('no more');
      }),
    ),
  ).rejects.toThrow('no more');
});

const nasty = fc.string({
  unit: fc.constantFrom(
    'a',
    'É',
    '東',
    '😀',
    '"',
    "'",
    ',',
    ';',
    '\r',
    '\n',
    '\t',
    '=',
    '+',
    '-',
    '@',
    ' ',
    '1',
    '\ufeff',
    '|',
    '\u00a0',
    '\\',
  ),
  minLength: 1,
  maxLength: 6,
});
const anyText = fc
  .oneof(
    nasty,
    fc.constantFrom('NULL', "'NULL", '\\N', '=1', '="06"', "'", "' a '", '_line', 'sep=;', 'a,b'),
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 }),
  )
  .map((value) => value.normalize('NFC').replaceAll('\0', '0'));
const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(value, { freq: 3 });
const parsePhone = valueParser({ type: 'phone', options: [] }, { zone: 'UTC' });
const phone = fc
  .string({ unit: fc.constantFrom("'", '+', '(', '6', ' ', '=', '@', '-', 'E') })
  .filter((text) => parsePhone(text) === text);
const contact = fc.record({
  email: fc.constantFrom('', '-', '+', "'", "'=", '=', '1'),
  first_name: maybe(anyText),
  note: maybe(anyText),
  phone: maybe(phone),
  points: fc
    .oneof(fc.double({ noNaN: true }), fc.integer())
    .map((value) => (value === 0 ? 0 : value)),
  born: maybe(
    fc
      .date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true })
      .map((date) => date.toISOString().slice(0, 10)),
  ),
  vip: maybe(fc.constantFrom(0, 1)),
  likes: maybe(fc.constantFrom('|tea|', '|tea|rye|', '|NULL|', '|=x|')),
  last_active_at: maybe(
    fc
      .date({ min: new Date('1900-01-01'), max: new Date('2100-01-01'), noInvalidDate: true })
      .map((date) => date.getTime()),
  ),
});

test('export, import into a new store, export: the same bytes', async () => {
  const fields = [
    'note',
    'email',
    'first_name',
    'phone',
    'points',
    'born',
    'vip',
    'likes',
    'last_active_at',
    'tags',
    'company',
  ];
  await fc.assert(
    fc.asyncProperty(
      fc.array(contact, { minLength: 1, maxLength: 30 }),
      fc.array(anyText, { maxLength: 5 }),
      fc.shuffledSubarray(fields),
      fc.constantFrom(',', ';', 'tab', '|'),
      fc.boolean(),
      fc.boolean(),
      async (contacts, names, order, delimiter, bom, crlf) => {
        const [before, after] = [await withFields(), await withFields()];
        const contactsWithKeys = contacts.map((values, index) => ({
          ...values,
          email: `${values.email}u${index}@example.org`,
        }));
        await insert(before, ...contactsWithKeys);
        await before.store.write(async (tx) => {
          const tags = names
            .map((name) => name.trim().replaceAll('|', '/'))
            .filter((name) => name !== '' && !name.startsWith('-'));
          await tx.contacts.tag([1], tags, NOW);
          const company = names.find((name) => name.trim() !== '');
          if (company !== undefined)
            await tx.contacts.update(
              [1],
              { company_id: await tx.companies.insert({ name: company }, NOW) },
              NOW,
            );
        });
        const options = {
          fields: order.includes('email') ? order : [...order, 'email'],
          delimiter,
          bom,
          crlf,
        };
        const first = await exported(before, options);
        const report = await after.contacts(first);
        expect(report).toMatchObject({ inserted: contacts.length, rejected: 0 });
        expect(await exported(after, options)).toBe(first);
        const plain = options.fields.filter((field) => field !== 'tags');
        expect(await after.list(...plain)).toEqual(await before.list(...plain));
        expect((await after.contacts(first)).unchanged).toBe(contacts.length);
      },
    ),
    { numRuns: 25 },
  );
});
