import { expect, test } from 'vitest';
import { SQL_FUNCTIONS } from '../../src/sql/functions.ts';
import { propertyDay, propertyNumber, propertyText } from '../../src/sql/properties.ts';

test.each([
  ['{"a":"x"}', 'x', null, null],
  ['{"a":7}', '7', 7, null],
  ['{"a":" 1e1 "}', ' 1e1 ', 10, null],
  ['{"a":"0x1"}', '0x1', null, null],
  ['{"a":true}', 'true', null, null],
  ['{"a":"2026-03-15T10:00Z"}', '2026-03-15T10:00Z', null, '2026-03-15'],
  ['{"a":"2026-03-151"}', '2026-03-151', null, null],
  ['{"a":null}', null, null, null],
  ['{"a":{"a":1}}', null, null, null],
  ['{"A":"x"}', null, null, null],
  ['{"a":1,"a":2}', '2', 2, null],
  ['["a"]', null, null, null],
  ['{"a":', null, null, null],
  ['', null, null, null],
  ['{}', null, null, null],
])('the property a of %s', (properties, text, number, day) => {
  expect([
    propertyText(properties, 'a'),
    propertyNumber(properties, 'a'),
    propertyDay(properties, 'a'),
  ]).toEqual([text, number, day]);
});

test('a name that every object has is none', () => {
  expect([
    propertyText('{}', 'constructor'),
    propertyText('{"__proto__":"x"}', '__proto__'),
  ]).toEqual([null, 'x']);
});

test('the functions for SQL never throw, whatever a row holds', () => {
  const values = [null, 5, 2n ** 62n, Buffer.from('x'), '', 'x', '{'];
  for (const implementation of Object.values(SQL_FUNCTIONS) as ((
    ...given: unknown[]
  ) => unknown)[]) {
    for (const a of values)
      for (const b of values)
        if (implementation !== (SQL_FUNCTIONS.re_match as unknown) || a !== '{')
          expect(() => implementation(a, b)).not.toThrow();
  }
});
