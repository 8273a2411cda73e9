import { describe, expect, test } from 'vitest';
import type { FieldType } from '../../src/sql/field-types.ts';
import { uniqueKey } from '../../src/sql/unique-key.ts';

const SAME: readonly (readonly [FieldType, string, string])[] = [
  ['text', 'Élan', ' éLAN\u00a0'],
  ['text', 'e\u0301lan', 'élan'],
  ['url', 'HTTPS://X.example', 'https://x.example'],
  ['email', 'JÖRG@X.example', 'jörg@x.example '],
  ['email', 'kim@BÜCHER.example', 'Kim@xn--bcher-kva.EXAMPLE'],
  ['phone', '+33 6-12', '0033612'],
  ['phone', '(33) 612', '+33612'],
];
const DIFFERENT: readonly (readonly [FieldType, string, string])[] = [
  ['text', 'a b', 'ab'],
  ['text', 'elan', 'élan'],
  ['text', 'Straße', 'strasse'],
  ['email', 'jörg@x.example', 'xn--jrg-sna@x.example'],
  ['phone', '0612', '612'],
  ['phone', 'none', 'unknown'],
];

describe('what a value of a unique field compares by', () => {
  test.each(SAME)('%s: %j is %j', (type, one, other) => {
    expect(uniqueKey(type, one)).toBe(uniqueKey(type, other));
  });

  test.each(DIFFERENT)('%s: %j is not %j', (type, one, other) => {
    expect(uniqueKey(type, one)).not.toBe(uniqueKey(type, other));
  });

  test('is a key of its own, and what is no text is itself', () => {
    for (const [type, text] of [...SAME, ...DIFFERENT])
      expect(uniqueKey(type, uniqueKey(type, text))).toBe(uniqueKey(type, text));
    expect([uniqueKey('number', 7), uniqueKey('email', null)]).toEqual([7, null]);
  });
});
