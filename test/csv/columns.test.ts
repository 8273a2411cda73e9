import { describe, expect, test } from 'vitest';
import { mapColumns, type MapOptions } from '../../src/csv/columns.ts';
import { parseMap } from '../../src/csv/map-option.ts';
import { parseMaxRejects } from '../../src/csv/max-rejects.ts';
import { UserError } from '../../src/support/errors.ts';

const TARGETS = {
  list: [
    { alias: 'email', label: 'E-mail' },
    { alias: 'first_name', label: 'Prénom' },
    { alias: 'city', label: 'City' },
    { alias: 'town', label: 'Place' },
    { alias: 'village', label: 'Place' },
    { alias: 'updated_at', label: 'Updated at', kept: true },
  ],
  prefix: 'property.',
};

/** `field how` of each column. */
function mapped(header: string[], options: MapOptions = {}): string[] {
  return mapColumns(header, TARGETS, options).map(({ field, how }) => `${field ?? '-'} ${how}`);
}

function refused(header: string[], options: MapOptions = {}): unknown[] {
  try {
    mapColumns(header, TARGETS, options);
  } catch (error) {
    if (error instanceof UserError) return [error.exit, error.message, error.hint];
    throw error;
  }
  throw new Error('nothing was refused');
}

test('columns find their fields by alias and label, however they are spelled', () => {
  expect(mapped(['E-MAIL', 'prenom'])).toEqual(['email name', 'first_name name']);
  expect(mapped(['First Name', 'Ci-ty', ''])).toEqual([
    'first_name name',
    'city name',
    '- unknown',
  ]);
  expect(mapped(['Updated At', 'Surname', 'property.plan', 'property.'])).toEqual([
    '- kept',
    '- unknown',
    'property.plan name',
    '- unknown',
  ]);
  expect(mapped(['Place', 'town'])).toEqual(['- unknown', 'town name']);
});

test('columns that an earlier import added are left out', () => {
  expect(mapped(['email', '_line', '_column', '_Reason'])).toEqual([
    'email name',
    '- ignored',
    '- ignored',
    '- ignored',
  ]);
});

test('--map adds and overrides, --ignore and a hyphen leave out', () => {
  expect(mapped(['email', 'City'], { map: ['City=-'] })).toEqual(['email name', '- ignored']);
  expect(mapped(['Mail', 'E-mail', 'City'], { map: ['Mail=email,city=Prénom'] })).toEqual([
    'email map',
    '- taken',
    'first_name map',
  ]);
  expect(mapped(['email', 'City', 'E-mail'], { ignore: ['CITY', 'E-mail'] })).toEqual([
    'email name',
    '- ignored',
    '- ignored',
  ]);
});

test('two columns of one name are an error only where one of them is read', () => {
  expect(mapped(['a', 'email', 'a'])).toEqual(['- unknown', 'email name', '- unknown']);
  expect(mapped(['City', 'email', 'City'], { ignore: ['City'] })).toEqual([
    '- ignored',
    'email name',
    '- ignored',
  ]);
});

test.each<[string[], MapOptions, unknown[]]>([
  [
    ['City', 'email', 'city'],
    {},
    [65, 'the columns 1 `City` and 3 `city` have the same name', 'rename one of them'],
  ],
  [
    ['email', 'x', 'E-mail'],
    {},
    [
      65,
      'the columns 1 `email` and 3 `E-mail` are both read into `email`',
      'leave one out with --ignore "E-mail"',
    ],
  ],
  [
    ['Mail', 'email'],
    { map: ['Mial=email'] },
    [2, 'unknown column `Mial` in --map', 'did you mean `Mail`?'],
  ],
  [
    ['Mail', 'email'],
    { map: ['Mail=emial'] },
    [2, 'unknown field `emial` in --map', 'did you mean `email`?'],
  ],
  [
    ['Mail'],
    { map: ['Mail=updated_at'] },
    [2, '`updated_at` in --map: the store keeps this field itself', undefined],
  ],
  [
    ['Mail'],
    { map: ['Mail=email', 'Mail=city'] },
    [2, '--map names the column `Mail` twice', 'name it once'],
  ],
  [
    ['Mail'],
    { ignore: ['Phone'] },
    [2, 'unknown column `Phone` in --ignore', 'the columns are `Mail`'],
  ],
])('%j with %j is refused', (header, options, message) =>
  expect(refused(header, options)).toEqual(message),
);

describe('--map', () => {
  test.each([
    [
      'E-mail=email,Prénom=first_name',
      [
        ['E-mail', 'email'],
        ['Prénom', 'first_name'],
      ],
    ],
    [
      ' a = b , c=d,',
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    ],
    ['a=b=c', [['a=b', 'c']]],
    [
      '\na=b\r\n"x\ny"=c\n\nd=unsubscribed:sms:reason\n',
      [
        ['a', 'b'],
        ['x\ny', 'c'],
        ['d', 'unsubscribed:sms:reason'],
      ],
    ],
    [
      '"Name, first"=first_name,"say ""hi"""=city',
      [
        ['Name, first', 'first_name'],
        ['say "hi"', 'city'],
      ],
    ],
  ])('%s', (text, entries) =>
    expect(parseMap(text).map(({ column, field }) => [column, field])).toEqual(entries),
  );

  test.each(['a', 'a=', '=a', 'a=b,,c=d', '"a"b=c', ' =b'])('%s is refused', (text) =>
    expect(() => parseMap(text)).toThrow(UserError),
  );
});

test('--max-rejects is a number of rows or a share of them', () => {
  expect(['0', '20', '2.5%', '100%'].map(parseMaxRejects)).toEqual([
    { kind: 'rows', most: 0 },
    { kind: 'rows', most: 20 },
    { kind: 'share', most: 0.025 },
    { kind: 'share', most: 1 },
  ]);
  for (const wrong of ['', '-1', '1.5', '101%', '%', 'all'])
    expect(() => parseMaxRejects(wrong)).toThrow(UserError);
});
