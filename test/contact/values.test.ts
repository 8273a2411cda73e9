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
  isCleaned,
  isProblem,
  parseDateFormat,
  parseTags,
  readValue,
  valueReader,
} from '../../src/contact/values.ts';
import { CUSTOM_FIELD_TYPES } from '../../src/contact/field-rules.ts';
import { UserError } from '../../src/support/errors.ts';

const UTC: DateContext = { zone: 'UTC' };
const OPTIONS = ['Free', 'Pro', 'Équipe'];

function read(type: FieldType, text: string, context = UTC): unknown {
  const found = readValue({ type, options: OPTIONS }, text, context);
  return isProblem(found) ? found.kind : found;
}

/** What was cleaned of a text; undefined if nothing was. */
function cleanedFrom(type: FieldType, text: string): unknown {
  const found = valueReader({ type, options: OPTIONS }, UTC)(text);
  return isCleaned(found) ? found.from : undefined;
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
    expect(read(type, '\\N')).toBe(CLEAR);
    expect(read(type, '\u00a0NULL ')).toBe(CLEAR);
  });

  test.each(CUSTOM_FIELD_TYPES)('blanks of every kind say nothing: %s', (type) => {
    expect(read(type, ' \u00a0\u202f\t\r\n\ufeff')).toBeNull();
  });

  test('only the exact word clears', () => {
    expect(read('text', 'null')).toBe('null');
    expect(read('text', '\\n')).toBe('\\n');
    expect(read('text', 'NULL.')).toBe('NULL.');
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
    ['0x10', 'notNumber'],
    ['Infinity', Infinity],
    ['-Infinity', -Infinity],
    ['infinity', 'notNumber'],
    ['1e400', 'numberTooLarge'],
    ['1e-400', 'lostDigits'],
    ['0.1234567890123456789', 'lostDigits'],
    ['0.12345678901234568', 0.12345678901234568],
    ['9007199254740991', 9007199254740991],
    ['9007199254740992', 9007199254740992],
    ['9007199254740993', 'lostDigits'],
    ['-9007199254740993', 'lostDigits'],
    ['9007199254740993.0', 'lostDigits'],
    ['9.007.199.254.740.993', 'lostDigits'],
    ['1231231231231234123', 'lostDigits'],
    ['9223372036854775808', 2 ** 63],
    ['100000000000000000000000', 'lostDigits'],
    ['1e23', 1e23],
  ])('%s', (text, value) => expect(read('number', text)).toBe(value));

  test.each([
    ['12,50 €', 12.5, 'currency'],
    ['€12.50', 12.5, 'currency'],
    ['$1,200.00', 1200, 'currency'],
    ['US$ 5', 5, 'currency'],
    ['-$5', -5, 'currency'],
    ['$-5', -5, 'currency'],
    ['-5\u00a0€', -5, 'currency'],
    ['1\u202f234,50\u00a0€', 1234.5, 'currency'],
    ["CHF 1'200.00", 1200, 'currency'],
    ['12 EUR', 12, 'currency'],
    ['100 kr', 100, 'currency'],
    ['19,99 zł', 19.99, 'currency'],
    ['₹1,00,000', 'notNumber', undefined],
    ['$1,234', 'ambiguousNumber', undefined],
    ['$5 €', 'notNumber', undefined],
    ['-$-5', 'notNumber', undefined],
    ['$', 'notNumber', undefined],
    ['12 XYZ', 'notNumber', undefined],
    ['12 eur', 'notNumber', undefined],
    ['12 kg', 'notNumber', undefined],
    ['12 %', 12, 'percent'],
    ['12,5%', 12.5, 'percent'],
    ['%', 'notNumber', undefined],
    ['12 % VAT', 'notNumber', undefined],
    ['(5)', -5, undefined],
    ['(1,200.50)', -1200.5, undefined],
    ['(0)', 0, undefined],
    ['($5)', -5, 'currency'],
    ['€ (5)', -5, 'currency'],
    ['(12,50 €)', -12.5, 'currency'],
    ['(12%)', -12, 'percent'],
    ['(-5)', 'notNumber', undefined],
    ['-(5)', 'notNumber', undefined],
    ['((5))', 'notNumber', undefined],
    ['(5', 'notNumber', undefined],
    ["'+5", 5, 'apostrophe'],
    ["'0012", 12, 'apostrophe'],
    ["'-5", -5, 'apostrophe'],
    ["''5", 'notNumber', undefined],
    ["'five", 'notNumber', undefined],
    ['9007199254740993 €', 'lostDigits', undefined],
  ])('%s, of which %s is the number', (text, value, from) => {
    expect(read('number', text)).toBe(value);
    expect(cleanedFrom('number', text)).toBe(from);
  });

  test('what can be two numbers is told with both', () => {
    expect(describeProblem('Points', problem('number', '1,234'))).toBe(
      'Points: `1,234` can be 1234 or 1.234: write one of these',
    );
  });
});

test.each([
  [1, ['yes', 'y', 'true', 't', 'on', '1', 'x', 'checked', '✓', '✔', '✔️', '☑', '☑️', '✅']],
  [1, ['OUI', 'vrai', 'VRAI', 'ja', 'wahr', 'sí', 'SÍ', 'si\u0301', 'si', ' y ', 'X', 'T']],
  [0, ['no', 'n', 'false', 'f', 'off', '0', 'unchecked', '☐', 'F']],
  [0, ['Non', 'faux', 'nein', 'FALSCH', 'FALSE', '\u00a0no']],
  ['notBoolean', ['maybe', '2', '-1', 'o', '✗', '✘', '☒', 'xx', 'yes!', 'nil', 'none', '-']],
])('booleans: %s', (value, texts) => {
  for (const text of texts) expect([text, read('boolean', text)]).toEqual([text, value]);
});

describe('dates', () => {
  const dmy: DateContext = { zone: 'UTC', dateFormat: parseDateFormat('DMY') };
  const mdy: DateContext = { zone: 'UTC', dateFormat: parseDateFormat('mdy') };
  const ymd: DateContext = { zone: 'UTC', dateFormat: parseDateFormat('YMD') };
  const short: DateContext = { zone: 'UTC', dateFormat: parseDateFormat('D.M.YY') };
  const named: DateContext = { zone: 'UTC', dateFormat: parseDateFormat('D-MMM-YY') };
  const excel: DateContext = { zone: 'UTC', dateFormat: parseDateFormat('Excel') };
  const unix: DateContext = { zone: 'UTC', dateFormat: parseDateFormat('unix') };
  const unixMs: DateContext = { zone: 'UTC', dateFormat: parseDateFormat('unix-ms') };
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
    ['5-Jun-2020', UTC, '2020-06-05'],
    ['05JUN2020', UTC, '2020-06-05'],
    ['12 March 2024', UTC, '2024-03-12'],
    ['March 12, 2024', UTC, '2024-03-12'],
    ['Mar 12th 2024', UTC, '2024-03-12'],
    ['12 mars 2024', UTC, '2024-03-12'],
    ['1er août 2024', UTC, '2024-08-01'],
    ['1 AOUT 2024', UTC, '2024-08-01'],
    ['3 févr. 2024', UTC, '2024-02-03'],
    ['3 fe\u0301vrier 2024', UTC, '2024-02-03'],
    ['3 de\u0301c. 2024', UTC, '2024-12-03'],
    ['14 juil. 2024', UTC, '2024-07-14'],
    ['14 juin 2024', UTC, '2024-06-14'],
    ['14 jui 2024', UTC, 'notDate'],
    ['5. Juni 2020', UTC, '2020-06-05'],
    ['5.Mai.2020', UTC, '2020-05-05'],
    ['3. März 2021', UTC, '2021-03-03'],
    ['3. Mrz. 2021', UTC, '2021-03-03'],
    ['24. Dez 2021', UTC, '2021-12-24'],
    ['2024-Mar-12', UTC, '2024-03-12'],
    ['12 March 2024 00:00:00', UTC, '2024-03-12'],
    ['12 March 2024 10:00', UTC, 'timeInDate'],
    ['5-Jun-20', UTC, 'twoDigitYear'],
    ['31 June 2020', UTC, 'notDate'],
    ['12 Marchy 2024', UTC, 'notDate'],
    ['12 Ma 2024', UTC, 'notDate'],
    ['March 2024', UTC, 'notDate'],
    ['12 about March 2024', UTC, 'notDate'],
    ['5-Jun-2020', dmy, '2020-06-05'],
    ['5-Jun-20', named, '2020-06-05'],
    ['5-juil.-20', named, '2020-07-05'],
    ['5-Jux-20', named, 'notDate'],
    ['5-Jun-2020', named, '2020-06-05'],
    ['0000-00-00', UTC, null],
    ['0000-00-00 00:00:00', UTC, null],
    ['0/0/00', UTC, null],
    ['00/00/0000', mdy, null],
    ['00.00.0000', UTC, null],
    ['0000-00-00 00:00:01', UTC, 'notDate'],
    ['0000-00-01', UTC, 'notDate'],
    ['0/0', UTC, 'notDate'],
    ['45000', UTC, 'countedDate'],
    ['1412098448', UTC, 'countedDate'],
    ['1412098448000', UTC, 'countedDate'],
    ['2024', UTC, 'notDate'],
    ['20240315', UTC, 'notDate'],
    ['45000', excel, '2023-03-15'],
    ['45000,0', excel, '2023-03-15'],
    ['45000.5', excel, 'timeInDate'],
    ['1', excel, '1900-01-01'],
    ['59', excel, '1900-02-28'],
    ['60', excel, 'notDate'],
    ['61', excel, '1900-03-01'],
    ['2958465', excel, '9999-12-31'],
    ['2958466', excel, 'notDate'],
    ['0', excel, 'notDate'],
    ['2023-03-15', excel, '2023-03-15'],
    ['1412098448', excel, 'countedDate'],
    ['1412035200', unix, '2014-09-30'],
    ['1412098448', unix, 'timeInDate'],
    ['-86400', unix, '1969-12-31'],
    ['1412098448000', unix, 'countedDate'],
    ['1412035200000', unixMs, '2014-09-30'],
    ['1412028000', { ...unix, zone: 'Europe/Paris' }, '2014-09-30'],
    ['1412035200', { ...unix, zone: 'Europe/Paris' }, '2014-09-30'],
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
  const excel: DateContext = { zone: 'UTC', dateFormat: parseDateFormat('excel') };
  const unix: DateContext = { zone: 'UTC', dateFormat: parseDateFormat('UNIX') };
  const unixMs: DateContext = { zone: 'UTC', dateFormat: parseDateFormat('unix-ms') };
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
    ['12 March 2024 10:00', UTC, '2024-03-12T10:00:00.000Z'],
    ['March 12, 2024 at 3:05\u202fPM', UTC, '2024-03-12T15:05:00.000Z'],
    ['12 mars 2024 à 10:00', paris, '2024-03-12T09:00:00.000Z'],
    ['5. Juni 2020 um 10:00 Uhr', UTC, '2020-06-05T10:00:00.000Z'],
    ['2026-03-15 10:00:00+00', paris, '2026-03-15T10:00:00.000Z'],
    ['2026-03-15 10:00:00-05', paris, '2026-03-15T15:00:00.000Z'],
    ['0000-00-00 00:00:00', UTC, null],
    ['0000-00-00T00:00:00Z', UTC, null],
    ['45000.5', excel, '2023-03-15T12:00:00.000Z'],
    ['45000,41667', excel, '2023-03-15T10:00:00.288Z'],
    ['45000.5', { ...excel, zone: 'Europe/Paris' }, '2023-03-15T11:00:00.000Z'],
    ['1412098448', unix, '2014-09-30T17:34:08.000Z'],
    ['1412098448', { ...unix, zone: 'Europe/Paris' }, '2014-09-30T17:34:08.000Z'],
    ['1412098448.1239', unix, '2014-09-30T17:34:08.123Z'],
    ['1412098448000', unixMs, '2014-09-30T17:34:08.000Z'],
    ['2026-03-15T10:00:00Z', unix, '2026-03-15T10:00:00.000Z'],
    ['1412098448', UTC, 'countedDate'],
  ])('%s', (text, context, value) => expect(iso(text, context)).toBe(value));
});

test.each([
  ['45000', 'looks like an Excel serial: imports read it with --date-format excel'],
  ['1412098448', 'looks like seconds since 1970: imports read it with --date-format unix'],
  [
    '1412098448000',
    'looks like milliseconds since 1970: imports read it with --date-format unix-ms',
  ],
])('%s in a column of dates is told with what it looks like', (text, words) => {
  for (const type of ['date', 'datetime'] as const)
    expect(describeProblem('Born', problem(type, text))).toBe(`Born: \`${text}\` ${words}`);
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
  ['an n@example.org', 'notEmail'],
  ['ann@bob@example.org', 'notEmail'],
  ['-ann@example.org', '-ann@example.org'],
  ['ann@-example.org', 'notEmail'],
  [`${'a'.repeat(250)}@example.org`, 'notEmail'],
])('email %s', (text, value) => expect(read('email', text)).toBe(value));

test.each([
  ['Ann <ann@example.org>', 'ann@example.org', 'name'],
  ['Ann Lee<ann@example.org>', 'ann@example.org', 'name'],
  ['"Lee, Ann" <ann@example.org>', 'ann@example.org', 'name'],
  ['"ann@example.org" <ann@example.org>', 'ann@example.org', 'name'],
  ['Ann <ann@example.org>;', 'ann@example.org', 'name'],
  ['<ann@example.org>', 'ann@example.org', 'brackets'],
  ['< ann@example.org >', 'ann@example.org', 'brackets'],
  ['mailto:ann@example.org', 'ann@example.org', 'mailto'],
  ['MAILTO: ann@example.org', 'ann@example.org', 'mailto'],
  ['<mailto:ann@example.org>', 'ann@example.org', 'brackets'],
  ['ann@example.org.', 'ann@example.org', 'mark'],
  ['ann@example.org,', 'ann@example.org', 'mark'],
  ['ann@example.org ;', 'ann@example.org', 'mark'],
  ['ann@example.org..', 'notEmail', undefined],
  ['ann@example.org:', 'notEmail', undefined],
  ['Ann ann@example.org', 'notEmail', undefined],
  ['Ann <ann>', 'notEmail', undefined],
  ['<>', 'notEmail', undefined],
  ['mailto:', 'notEmail', undefined],
  ['ann@example.org, bob@example.org', 'twoEmails', undefined],
  ['ann@example.org;bob@example.org', 'twoEmails', undefined],
  ['ann@example.org bob@example.org', 'twoEmails', undefined],
  ['ann@example.org; ann@example.org', 'twoEmails', undefined],
  ['Ann <ann@example.org>, Bob <bob@example.org>', 'twoEmails', undefined],
  ['"bob@example.org" <ann@example.org>', 'twoEmails', undefined],
])('email %s is %s', (text, value, from) => {
  expect(read('email', text)).toBe(value);
  expect(cleanedFrom('email', text)).toBe(from);
});

test.each([
  ["'+33612345678", '+33612345678', 'apostrophe'],
  ["'0612", '0612', 'apostrophe'],
  ["'(0)6", '(0)6', 'apostrophe'],
  ["''+336", "'+336", 'apostrophe'],
  ["'home 06", "'home 06", undefined],
  ['+33 6 12', '+33 6 12', undefined],
  ['3.36E+10', 'damagedPhone', undefined],
  ['3,36E+10', 'damagedPhone', undefined],
  ['4.47911E+11', 'damagedPhone', undefined],
  ['3E10', 'damagedPhone', undefined],
  ["'3.36E+10", 'damagedPhone', undefined],
  ['33.6E+10', '33.6E+10', undefined],
  ['06 12 E 3', '06 12 E 3', undefined],
])('phone %s is %s', (text, value, from) => {
  expect(read('phone', text)).toBe(value);
  expect(cleanedFrom('phone', text)).toBe(from);
});

test('a problem says what to do', () => {
  expect(describeProblem('Phone', problem('phone', '3.36E+10'))).toBe(
    'Phone: `3.36E+10` is what a spreadsheet left of a phone number: ' +
      'make its column text there, and export again',
  );
  expect(describeProblem('E-mail', problem('email', 'a@b.cd, e@f.gh'))).toBe(
    'E-mail: `a@b.cd, e@f.gh` holds more than one e-mail address: keep one',
  );
  expect(describeProblem('Card', problem('number', '1231231231231234123'))).toBe(
    'Card: `1231231231231234123` has more digits than a number keeps: ' +
      'make the field text, it keeps them all',
  );
});

test.each([
  ['url', 'www.example.org', 'www.example.org'],
  ['url', ' https://example.org/a?b=c ', 'https://example.org/a?b=c'],
  ['url', 'two words', 'notUrl'],
  ['phone', '\u202a+33 6 12 34 56 78\u202c', '+33 6 12 34 56 78'],
  ['phone', '06 12 (home)', '06 12 (home)'],
  ['phone', 'none', 'notPhone'],
  ['text', 'e\u0301', 'é'],
  ['text', '\u00a0a\r\n b\t', 'a\r\n b'],
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
    .filter((text) => text.trim() === text && text !== 'NULL' && !text.includes('\0'));

  test.each<[FieldType, fc.Arbitrary<string | number>]>([
    ['number', fc.double({ noNaN: true }).map((value) => (value === 0 ? 0 : value))],
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

test.each([
  ['email', `a${' '.repeat(200_000)}b`],
  ['email', `a${'\u200b'.repeat(200_000)}b@x.example`],
  ['email', `a${' '.repeat(200_000)}<b${' '.repeat(200_000)}c@x.example`],
  ['phone', `1${' '.repeat(200_000)}b`],
  ['url', `x${'\u200b'.repeat(200_000)}y`],
  ['number', `1.${'0'.repeat(200_000)}1`],
] as const)('%s: a run of what is no part of it is looked at once', (type, text) => {
  const startedAt = performance.now();
  read(type, text);
  expect(performance.now() - startedAt).toBeLessThan(2_000);
});
