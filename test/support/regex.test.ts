import { expect, test } from 'vitest';
import { matchesPattern, patternFault } from '../../src/support/regex.ts';

test.each([
  ['a.c', 'xabcx', true],
  ['^b', 'abc', false],
  ['É', 'é', false],
  ['(?i)É', 'é', true],
  ['', '', true],
  ['\\p{Greek}+', 'αβγ', true],
])('%s in %s: %s', (pattern, text, expected) => {
  expect(matchesPattern(pattern, text)).toBe(expected);
});

test('what RE2 does not know is told, not thrown', () => {
  expect(['(', '(?=x)', '(a)\\1', 'x{2000}', '[z-a]'].map(patternFault)).toEqual([
    'missing closing )',
    'invalid or unsupported Perl syntax',
    'invalid escape sequence',
    'invalid repeat count',
    'invalid character class range',
  ]);
  expect(patternFault('(?i)^a+$')).toBeUndefined();
});

test('a pattern that drives other engines to despair answers all the same', () => {
  expect(matchesPattern('^(a+)+$', `${'a'.repeat(20_000)}b`)).toBe(false);
  expect(matchesPattern('(x+x+)+y', 'x'.repeat(20_000))).toBe(false);
});
