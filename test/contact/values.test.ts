import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CLEAR, type FieldType } from '../../src/store/index.ts';
import {
  type DateContext,
  type ValueProblem,
  dateOrderEvidence,
  describeProblem,
  excerpt,
  formatValue,
  isProblem,
  parseDateFormat,
  parseTags,
  readValue,
} from '../../src/contact/values.ts';
import { CUSTOM_FIELD_TYPES } from '../../src/contact/field-rules.ts';
import { UserError } from '../../src/support/errors.ts';

const UTC: DateContext = { zone: 'UTC' };
const OPTIONS = ['Free', 'Pro', 'Équipe'];

function read(type: FieldType, text: string, context = UTC): unknown {
  const found = readValue({ type, options: OPTIONS }, text, context);
  return isProblem(found) ? found.kind : found;
}

function problem(type: FieldType, text: string): ValueProblem {
  const found = readValue({ type, options: OPTIONS }, text, UTC);
  if (!isProblem(found)) throw new Error('no problem');
  return found;
}

describe('empty and NULL', () => {
  test.each(CUSTOM_FIELD_TYPES)('%s', (type) => {
    expect(read(type, '')).toBeNull();
    expect(read(type, 'NULL')).toBe(CLEAR);
  });

  test('blanks say nothing, except in a text', () => {
    expect(read('number', ' \u00a0')).toBeNull();
    expect(read('email', '  ')).toBeNull();
    expect(read('text', '  ')).toBe('  ');
  });

  test('only the exact word clears', () => {
    expect(read('text', 'null')).toBe('null');
    expect(read('text', ' NULL')).toBe(' NULL');
    expect(read('number', 'null')).toBe('notNumber');
  });
});

describe('numbers', () => {
  test.each([
    ['12', 12],
    [' 12.50 ', 12.5],
    ['12,5', 12.5],
    ['1234,567', 1234.567],
    ['0,125', 0.125],
    ['1 234,5', 1234.5],
    ['1\u00a0234\u00a0567', 1234567],
    ['1\u202f234,50', 1234.5],
    ["1'234.5", 1234.5],
    ['1.234,50', 1234.5],
    ['1,234.50', 1234.5],
    ['1,234,567', 1234567],
    ['1.234.567', 1234567],
    ['1.234', 1.234],
    ['-5', -5],
    ['−5', -5],
    ['+5', 5],
    ['.5', 0.5],
    ['1e21', 1e21],
    ['-0', 0],
    ['1,234', 'ambiguousNumber'],
    ['-12,345', 'ambiguousNumber'],
    ['1 23', 'notNumber'],
    ['1,23,456', 'notNumber'],
    ['1.234.56', 'notNumber'],
    ['12 €', 'notNumber'],
    ['0x10', 'notNumber'],
    ['Infinity', 'notNumber'],
    ['1e400', 'numberTooLarge'],
    ['9007199254740991', 9007199254740991],
    ['9007199254740992', 9007199254740992],
    ['9007199254740993', 'inexactInteger'],
    ['-9007199254740993', 'inexactInteger'],
    ['9007199254740993.0', 'inexactInteger'],
    ['9.007.199.254.740.993', 'inexactInteger'],
    ['1231231231231234123', 'inexactInteger'],
    ['9223372036854775808', 2 ** 63],
    ['100000000000000000000000', 'inexactInteger'],
    ['1e23', 1e23],
  ])('%s', (text, value) => expect(read('number', text)).toBe(value));

  test('what can be two numbers is told with both', () => {
    expect(describeProblem('Points', problem('number', '1,234'))).toBe(
      'Points: `1,234` can be 1234 or 1.234: write one of these',
    );
  });
});

test('booleans in three languages', () => {
  for (const text of ['yes', 'OUI', 'ja', 'true', 'VRAI', '1', ' y '])
    expect(read('boolean', text)).toBe(1);
  for (const text of ['no', 'Non', 'nein', 'FALSE', '0']) expect(read('boolean', text)).toBe(0);
  for (const text of ['maybe', '2']) expect(read('boolean', text)).toBe('notBoolean');
});

describe('dates', () => {
  const dmy: DateContext = { zone: 'UTC', dateFormat: parseDateFormat('DMY') };
  const mdy: DateContext = { zone: 'UTC', dateFormat: parseDateFormat('mdy') };
  const ymd: DateContext = { zone: 'UTC', dateFormat: parseDateFormat('YMD') };
  const short: DateContext = { zone: 'UTC', dateFormat: parseDateFormat('D.M.YY') };
  test.each([
    ['2024-02-29', UTC, '2024-02-29'],
    ['2023-02-29', UTC, 'notDate'],
    ['2024-02-30', UTC, 'notDate'],
    ['2024/2/9', UTC, '2024-02-09'],
    ['2024-02-29 00:00:00', UTC, '2024-02-29'],
    ['2024-02-29T10:00:00Z', UTC, 'timeInDate'],
    ['31/12/2020', UTC, '2020-12-31'],
    ['12/31/2020', UTC, '2020-12-31'],
    ['5.5.2020', UTC, '2020-05-05'],
    ['01/02/2020', UTC, 'ambiguousDate'],
    ['01/02/2020', dmy, '2020-02-01'],
    ['01/02/2020', mdy, '2020-01-02'],
    ['2020-02-01', mdy, '2020-02-01'],
    ['01/02/2020', ymd, 'notDate'],
    ['31/12/2020', mdy, 'notDate'],
    ['01/02-2020', dmy, 'notDate'],
    ['01/02/20', dmy, 'twoDigitYear'],
    ['1.2.20', short, '2020-02-01'],
    ['1.2.69', short, '1969-02-01'],
    ['01/02/20', short, 'twoDigitYear'],
    ['soon', UTC, 'notDate'],
  ])('%s', (text, context, value) => expect(read('date', text, context)).toBe(value));

  test.each([
    ['01/02/2020', 'either'],
    ['13/02/2020 10:00', 'DMY'],
    ['02-13-2020', 'MDY'],
    ['02.02.2020', undefined],
    ['2020-01-02', undefined],
    ['40/02/2020', undefined],
    ['13/13/2020', undefined],
    ['', undefined],
  ])('what %s says about its column', (text, says) => expect(dateOrderEvidence(text)).toBe(says));

  test.each(['DD/MM', 'DD/MM/YYYY HH', 'DDD/MM/YYYY', 'MM/MM/YYYY', 'dates', ''])(
    '`%s` is no date format',
    (text) => {
      expect(() => parseDateFormat(text)).toThrow(UserError);
    },
  );
});

describe('datetimes', () => {
  const paris: DateContext = { zone: 'Europe/Paris' };
  const iso = (text: string, context = UTC): unknown => {
    const found = read('datetime', text, context);
    return typeof found === 'number' ? new Date(found).toISOString() : found;
  };
  test.each([
    ['2026-03-15T10:00:00Z', UTC, '2026-03-15T10:00:00.000Z'],
    ['2026-03-15T10:00:00.1239+02:00', UTC, '2026-03-15T08:00:00.123Z'],
    ['2026-03-15 10:00 +0100', UTC, '2026-03-15T09:00:00.000Z'],
    ['2026-03-15 10:00:00 UTC', paris, '2026-03-15T10:00:00.000Z'],
    ['2026-03-15 10:00', UTC, '2026-03-15T10:00:00.000Z'],
    ['2026-03-15 10:00', paris, '2026-03-15T09:00:00.000Z'],
    ['2026-07-15', paris, '2026-07-14T22:00:00.000Z'],
    ['2026-03-29 02:30', paris, '2026-03-29T01:30:00.000Z'],
    ['15/03/2026 9:05', UTC, '2026-03-15T09:05:00.000Z'],
    ['3/15/2026, 12:05 AM', UTC, '2026-03-15T00:05:00.000Z'],
    ['3/15/2026 1:05 p.m.', UTC, '2026-03-15T13:05:00.000Z'],
    ['2026-03-15 13:05 pm', UTC, 'notDatetime'],
    ['01/02/2026 10:00', UTC, 'ambiguousDate'],
    ['2026-02-30 10:00', UTC, 'notDatetime'],
    ['2026-03-15 25:00', UTC, 'notDatetime'],
    ['2026-03-15 10:60', UTC, 'notDatetime'],
    ['10:00', UTC, 'notDatetime'],
  ])('%s', (text, context, value) => expect(iso(text, context)).toBe(value));
});

test.each([
  [' ann@example.org ', 'ann@example.org'],
  ['\u00a0Ann@Example.org\u200b', 'Ann@Example.org'],
  ['jose\u0301@exämple.org', 'josé@exämple.org'],
  ["o'neil+news@mail.example.co.uk", "o'neil+news@mail.example.co.uk"],
  ['ann', 'notEmail'],
  ['ann@', 'notEmail'],
  ['@example.org', 'notEmail'],
  ['ann@example', 'notEmail'],
  ['ann@example..org', 'notEmail'],
  ['ann@example.org.', 'notEmail'],
  ['an n@example.org', 'notEmail'],
  ['ann@bob@example.org', 'notEmail'],
  ['Ann <ann@example.org>', 'notEmail'],
  [`${'a'.repeat(250)}@example.org`, 'notEmail'],
])('email %s', (text, value) => expect(read('email', text)).toBe(value));

test.each([
  ['url', 'www.example.org', 'www.example.org'],
  ['url', ' https://example.org/a?b=c ', 'https://example.org/a?b=c'],
  ['url', 'two words', 'notUrl'],
  ['phone', '\u202a+33 6 12 34 56 78\u202c', '+33 6 12 34 56 78'],
  ['phone', '06 12 (home)', '06 12 (home)'],
  ['phone', 'none', 'notPhone'],
  ['text', 'e\u0301', 'é'],
  ['text', ' a\r\nb\t', ' a\r\nb\t'],
  ['text', 'a\0b', 'nulCharacter'],
  ['select', ' pro ', 'Pro'],
  ['select', 'e\u0301QUIPE', 'Équipe'],
  ['select', 'gold', 'notOption'],
  ['multiselect', 'équipe|FREE|free', '|Free|Équipe|'],
  ['multiselect', 'free|gold', 'notOption'],
  ['multiselect', '|', 'notOption'],
] as const)('%s %j', (type, text, value) => expect(read(type, text)).toBe(value));

test('a problem is told with what was given, on one line and shortened', () => {
  expect(describeProblem('Plan', problem('select', 'prp'))).toBe(
    'Plan: `prp` is not an option (did you mean `Pro`?)',
  );
  expect(describeProblem('Plan', problem('select', 'gold'))).toBe(
    'Plan: `gold` is not an option (Free, Pro, Équipe)',
  );
  expect(describeProblem('E-mail', problem('email', 'a\r\nb\u001b[31m'))).toBe(
    'E-mail: `a b [31m` is not an e-mail address',
  );
  expect(excerpt('😀'.repeat(41))).toBe(`${'😀'.repeat(40)}…`);
  expect(excerpt('😀'.repeat(40))).toBe('😀'.repeat(40));
});

test('tags: added, taken away, the last mention counting', () => {
  expect(parseTags(' vip |-old| |New|-new')).toEqual([
    { name: 'vip', add: true },
    { name: 'old', add: false },
    { name: 'new', add: false },
  ]);
  expect(parseTags('a|--b')).toEqual({ kind: 'badTag', text: 'a|--b', tag: '--b' });
  expect(parseTags('a|-')).toMatchObject({ kind: 'badTag' });
});

describe('a stored value reads back from its text', () => {
  const same = (type: FieldType, value: string | number): void => {
    expect(
      readValue({ type, options: OPTIONS }, formatValue(type, value), { zone: 'Asia/Tokyo' }),
    ).toBe(value);
  };
  const dates = fc.date({
    min: new Date('0001-01-01'),
    max: new Date('9999-12-31'),
    noInvalidDate: true,
  });
  const texts = fc
    .string({ unit: 'grapheme', minLength: 1 })
    .filter((text) => text !== 'NULL' && !text.includes('\0'));

  test.each<[FieldType, fc.Arbitrary<string | number>]>([
    [
      'number',
      fc.double({ noDefaultInfinity: true, noNaN: true }).map((value) => (value === 0 ? 0 : value)),
    ],
    ['datetime', dates.map((date) => date.getTime())],
    ['date', dates.map((date) => date.toISOString().slice(0, 10))],
    ['text', texts.map((text) => text.normalize('NFC'))],
    ['boolean', fc.constantFrom(0, 1)],
    ['select', fc.constantFrom(...OPTIONS)],
    [
      'multiselect',
      fc.subarray(OPTIONS, { minLength: 1 }).map((options) => `|${options.join('|')}|`),
    ],
  ])('%s', (type, values) => {
    fc.assert(
      fc.property(values, (value) => {
        same(type, value);
      }),
    );
  });

  test('a missing value is an empty text', () => expect(formatValue('number', null)).toBe(''));
});
