import { Readable } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatValue, isValue, readValue } from '../../src/contact/values.ts';
import { importContacts } from '../../src/csv/import.ts';
import type { ImportReport } from '../../src/csv/import-options.ts';
import { FittingType } from '../../src/csv/new-fields/fitting-type.ts';
import { undoImport } from '../../src/csv/undo.ts';
import { figures, makeWorld, NOW, refusal, type World } from './world.ts';

const CREATE = { createFields: true };
const CONTEXT = { zone: 'Europe/Paris' };

const made = ({ createdFields }: ImportReport) =>
  createdFields.map(({ column, object, alias, type }) => `${column}: ${object} ${alias} ${type}`);

async function customFields(world: World): Promise<string[]> {
  const fields = await world.store.read(async (tx) => tx.fields.list());
  return fields
    .filter(({ origin }) => origin === 'custom')
    .map(({ object, alias, label, type }) => `${object} ${alias} ${label} ${type}`);
}

function typeOf(values: readonly string[], dateFormat?: string): string | undefined {
  const format =
    dateFormat === undefined ? undefined : ({ kind: 'counted', from: 'unix' } as const);
  const column = new FittingType({ ...CONTEXT, dateFormat: format }, dateFormat !== undefined);
  for (const value of values) column.see(value, 1);
  return column.type;
}

describe('the type that all values fit', () => {
  test.each<[string | undefined, string[]]>([
    [undefined, []],
    [undefined, ['', ' ', 'NULL', '\\N', '0000-00-00']],
    ['number', ['1', '', '2.5', '-3', '1 234,5', '1e21', '0', '0.5']],
    ['number', ['12,50 €', '5 €', '7']],
    ['text', ['5 €', '7 $']],
    ['text', ['5 %', '7 €']],
    ['text', ['1', '007']],
    ['text', ['-05']],
    ['text', ['9007199254740993']],
    ['number', ['9007199254740992']],
    ['text', ['1,234']],
    ['text', ['="5"']],
    ['text', ["'5"]],
    ['text', ['+5', '+7']],
    ['number', ['1', '0']],
    ['boolean', ['yes', '', 'NO']],
    ['boolean', ['1', 'no']],
    ['boolean', ['true']],
    ['boolean', ['x', '']],
    ['boolean', ['y', 'n']],
    ['text', ['F', 'f']],
    ['text', ['NO', 'no']],
    ['text', ['yes', 'maybe']],
    ['date', ['2026-01-02', '', '0000-00-00', '2026/3/4']],
    ['date', ['31/12/2020', '01/02/2020']],
    ['date', ['01/02/2020']],
    ['date', ['5 March 2026', '2026-01-02 00:00:00']],
    ['text', ['31/12/2020', '12/31/2020', '01/02/2020']],
    ['text', ['2026-01-02', '2026-02-30']],
    ['text', ['5/6/20']],
    ['datetime', ['2026-01-02', '2026-01-02T10:00:00Z']],
    ['datetime', ['2026-01-02 10:00', '0000-00-00 00:00:00']],
    ['number', ['2020', '2021']],
    ['email', ['ann@x.example', 'BOB@x.example']],
    ['text', ['ann@x.example', 'Bob <bob@x.example>']],
    ['url', ['https://x.example/a?b', 'HTTP://y.example']],
    ['text', ['www.x.example']],
    ['phone', ['+33 6 12 34 56 78', "'+4420123456", '+1 (555) 123-4567']],
    ['text', ['+33 6 12 34 56 78', '06 12 34 56 78']],
    ['text', ['a', '1', '2026-01-02']],
    ['text', ['1', 'a']],
  ])('is %s for %j', (type, values) => expect(typeOf(values)).toBe(type));

  test('is a date where somebody has said how those of the column are written', () => {
    expect(typeOf(['1767312001', '1767398400'], 'unix')).toBe('datetime');
    expect(typeOf(['1767312000', '1767398400'], 'unix')).toBe('date');
    expect(typeOf(['1767312001', 'soon'], 'unix')).toBe('text');
  });

  test('law: each of them is read into it, and nothing that counts is lost', () => {
    const value = fc.oneof(
      fc.constantFrom(
        'yes',
        'no',
        'F',
        'x',
        '1',
        '0',
        '007',
        '1,5',
        '1.50',
        '12 %',
        '5 €',
        'CHF 5',
      ),
      fc.constantFrom(
        '2026-01-02',
        '31/12/2020',
        '12/31/2020',
        '01/02/2020',
        '0000-00-00',
        '5/6/20',
      ),
      fc.constantFrom('2026-01-02 10:00', '2026-01-02T10:00:00Z', '+33612345678', "'+33 612345678"),
      fc.constantFrom(
        'a@x.example',
        'A <a@x.example>',
        'https://x.example',
        'x.example',
        '\\N',
        '',
      ),
      fc.integer().map(String),
      fc.double({ noNaN: true }).map(String),
      fc.bigInt({ min: 0n, max: 10n ** 18n }).map(String),
      fc.string({
        maxLength: 4,
        unit: fc.constantFrom(...'0 1 7 . , - + e E % €'.split(' '), ' '),
      }),
    );
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 4 }), (values) => {
        const type = typeOf(values);
        if (type === undefined || type === 'text') return;
        const field = { type: type as 'number', options: [] };
        for (const one of values) {
          const found = readValue(field, one, CONTEXT);
          if (isAmbiguousDay(found)) continue;
          expect([one, type, found === null || typeof found !== 'object']).toEqual([
            one,
            type,
            true,
          ]);
          if (type === 'number' && isValue(found) && /^\d+$/.test(one))
            expect(formatValue('number', found)).toBe(one);
        }
      }),
      { numRuns: 2000 },
    );
  });
});

function isAmbiguousDay(found: unknown): boolean {
  return typeof found === 'object' && found !== null && 'kind' in found
    ? found.kind === 'ambiguousDate'
    : false;
}

const FILE =
  'email,Plan name,Score,Since,VIP?,Nothing,city\n' +
  'ann@x.example,Gold,1,2026-01-02,yes,,Nice\n' +
  'bob@x.example,,007,,no,,\n';

test('--create-fields makes a field for each column that finds none and has values', async () => {
  const world = await makeWorld();
  const report = await world.contacts(FILE, CREATE);
  expect(made(report)).toEqual([
    'Plan name: contact plan_name text',
    'Score: contact score text',
    'Since: contact since date',
    'VIP?: contact vip boolean',
  ]);
  expect(report.columns.map(({ field, how }) => `${field ?? '-'} ${how}`)).toEqual([
    ...['email name', 'plan_name created', 'score created', 'since created', 'vip created'],
    ...['- empty', 'city name'],
  ]);
  expect(report.notes).toEqual([
    'left out, because they have no values to make a field for: `Nothing`',
  ]);
  expect(await world.list('plan_name', 'score', 'since', 'vip', 'city')).toEqual([
    ['Gold', '1', '2026-01-02', 1, 'Nice'],
    [null, '007', null, 0, null],
  ]);
  expect(await customFields(world)).toEqual([
    'contact plan_name Plan name text',
    'contact score Score text',
    'contact since Since date',
    'contact vip VIP? boolean',
  ]);
  const again = await world.contacts(FILE, CREATE);
  expect(figures(again)).toEqual({ rows: 2, unchanged: 2 });
  expect(made(again)).toEqual([]);
});

test('companies get fields as contacts do', async () => {
  const world = await makeWorld();
  const report = await world.companies('name,Size (m²)\nAcme,12\n', CREATE);
  expect(made(report)).toEqual(['Size (m²): company size_m2 number']);
  expect(await world.value('select size_m2 from companies')).toBe(12);
});

test('a dry run says the same and makes none, and so does an import that is refused', async () => {
  const world = await makeWorld();
  const dry = await world.contacts(FILE, { ...CREATE, dryRun: true });
  expect(await customFields(world)).toEqual([]);
  const bad = `${FILE}nobody,,,,,,\n`;
  const maxRejects = { kind: 'rows', most: 0 } as const;
  expect(await refusal(world.contacts(bad, { ...CREATE, maxRejects }))).toMatchObject({ exit: 65 });
  expect(await customFields(world)).toEqual([]);
  expect(await world.value('select count(*) from contacts')).toBe(0);
  const { createdFields, columns } = await world.contacts(FILE, CREATE);
  expect({ createdFields, columns }).toEqual({
    createdFields: dry.createdFields,
    columns: dry.columns,
  });
});

test('a stream is read twice, too', async () => {
  const world = await makeWorld();
  const context = { stdin: Readable.from([FILE]), now: NOW, by: null };
  const report = await importContacts(world.store, '-', CREATE, context);
  expect(made(report)).toHaveLength(4);
  expect(figures(report)).toEqual({ rows: 2, inserted: 2 });
});

test('a row whose cells stand in wrong columns says nothing of types', async () => {
  const world = await makeWorld();
  const report = await world.contacts('email,n\na@x.example,1\nb@x.example,x,2\n', CREATE);
  expect(made(report)).toEqual(['n: contact n number']);
  expect(figures(report)).toEqual({ rows: 2, inserted: 1, rejected: 1 });
});

test('columns of consent are settled first', async () => {
  const world = await makeWorld();
  const text = 'email,Newsletter opt-in,plan\nann@x.example,no,a\n';
  expect(await refusal(world.contacts(text, CREATE))).toMatchObject({
    exit: 65,
    code: 'CONSENT_UNSETTLED',
  });
  const report = await world.contacts(text, { ...CREATE, map: ['Newsletter opt-in=subscribed'] });
  expect(made(report)).toEqual(['plan: contact plan text']);
});

test('dates that can be read in two ways ask how; a format for the column makes it one of dates', async () => {
  const world = await makeWorld();
  const text = 'email,since,seen\nann@x.example,01/02/2020,1767312001\n';
  expect(await refusal(world.contacts(text, CREATE))).toMatchObject({
    exit: 65,
    message: 'the dates in the column `since` can all be read day first or month first (line 2)',
  });
  const dateFormat = ['DMY', 'seen=unix'];
  expect(made(await world.contacts(text, { ...CREATE, dateFormat }))).toEqual([
    'since: contact since date',
    'seen: contact seen datetime',
  ]);
  expect(await world.list('since', 'seen')).toEqual([['2020-02-01', 1767312001000]]);
  expect(
    await refusal(
      world.contacts('email,x\na@x.example,soon\n', { ...CREATE, dateFormat: ['x=unix'] }),
    ),
  ).toMatchObject({ code: 'NOT_A_DATE' });
});

test('keys of the JSON of a system become fields without its prefix', async () => {
  const world = await makeWorld();
  const text =
    'uuid,email,name,attributes,status\n' +
    'u,ann@x.example,Ann,"{""Plan"": ""a"", ""score"": 3}",enabled\n';
  const report = await world.contacts(text, CREATE);
  expect(made(report)).toContain('attributes.Plan: contact plan text');
  expect(made(report)).toContain('attributes.score: contact score number');
  expect(made(await world.contacts(text, CREATE))).toEqual([]);
  expect(await world.list('plan', 'score')).toEqual([['a', 3]]);
});

const LONG = 'x'.repeat(64);

test.each([
  [
    'Город',
    "`город` cannot be a field's alias",
    'rollcall fields:create ALIAS --type number --label "Город"',
  ],
  [
    '2nd',
    "`2nd` cannot be a field's alias",
    'rollcall fields:create ALIAS --type number --label 2nd',
  ],
  ['Company ID', '`company_id` is reserved', '--ignore "Company ID"'],
  [LONG, 'an alias has at most 60 characters, this one has 64', `--label ${LONG}`],
  [
    'a-b',
    'there is a contact field `a_b` already',
    '--map "a-b=a_b"; or leave it out: --ignore a-b',
  ],
])('of a column `%s` no field can be made, and it says why', async (column, why, hint) => {
  const world = await makeWorld();
  await world.addField('ab', 'number');
  await world.addField('a_b', 'number');
  const refused = await refusal(world.contacts(`email,${column}\nann@x.example,1\n`, CREATE));
  expect(refused).toMatchObject({
    exit: 65,
    message: `no field can be made of the column \`${column}\`: ${why}`,
  });
  expect(refused.hint).toContain(hint);
});

test('all columns that no field can be made of are told at once', async () => {
  const world = await makeWorld();
  const refused = await refusal(world.contacts('email,2nd,3rd\na@x.example,1,2\n', CREATE));
  expect(refused.message).toContain('`2nd`');
  expect(refused.message).toContain('`3rd`');
});

test.each([
  ['Plan,plan', 'the columns 2 `Plan` and 3 `plan` have the same name'],
  ['Plan!,plan?', 'the columns 2 `Plan!` and 3 `plan?` are both read into `plan`'],
])('two columns %s for one new field are refused', async (columns, message) => {
  const world = await makeWorld();
  const refused = await refusal(world.contacts(`email,${columns}\na@x.example,1,2\n`, CREATE));
  expect(refused).toMatchObject({ exit: 65, message });
});

test('more columns than a store can have fields are refused, and make none', async () => {
  const world = await makeWorld();
  const names = Array.from({ length: 2_100 }, (_, index) => `f${index}`);
  const text = `email,${names.join(',')}\nann@x.example,${names.map(() => '1').join(',')}\n`;
  expect(await refusal(world.contacts(text, CREATE))).toMatchObject({
    exit: 1,
    code: 'TOO_MANY_FIELDS',
    message: 'contacts have as many fields as a store can hold',
  });
  expect(await customFields(world)).toEqual([]);
});

test('what takes the place of a column makes no field for it', async () => {
  const world = await makeWorld();
  const options = { ...CREATE, set: [{ name: 'city', value: 'Nice' }] };
  expect(made(await world.contacts('email,City\na@x.example,Rome\n', options))).toEqual([]);
});

test('an undo leaves the fields, and says so', async () => {
  const world = await makeWorld();
  await world.contacts(FILE, CREATE);
  await world.store.write(async (tx) => {
    const field = (await tx.fields.list()).find(({ alias }) => alias === 'since');
    if (field !== undefined) await tx.fields.delete(field);
  });
  const undo = { now: NOW + 1000, by: null, isDry: false };
  const { contacts, fieldsKept } = await undoImport(world.store, 'last', undo);
  expect({ contacts, fieldsKept }).toEqual({
    contacts: 2,
    fieldsKept: ['plan_name', 'score', 'vip'],
  });
  expect(await customFields(world)).toHaveLength(3);
});

test('what others have written into the record of an import says nothing of fields', async () => {
  const world = await makeWorld();
  await world.contacts(FILE, CREATE);
  for (const options of ['', '[]', '{"createFields":true}', '{"createFields":[1]}']) {
    await world.sql(`update imports set options = '${options}', undone_at = null`);
    const undo = { now: NOW + 1000, by: null, isDry: true };
    expect((await undoImport(world.store, 'last', undo)).fieldsKept).toEqual([]);
  }
});

test('the report names the first cell that makes a text of a column', async () => {
  const world = await makeWorld();
  const text =
    'email,Score,Plan\na@x.example,1,Gold\nb@x.example,,x\nc@x.example,many,y\nd@x.example,odd,z\n';
  const { createdFields } = await world.contacts(text, CREATE);
  expect(createdFields.map(({ alias, spoiler }) => [alias, spoiler])).toEqual([
    ['score', { line: 4, text: 'many' }],
    ['plan', null],
  ]);
});
