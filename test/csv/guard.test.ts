import fc from 'fast-check';
import { expect, test } from 'vitest';
import { guard, unguard } from '../../src/csv/guard.ts';
import { withoutBlanks } from '../../src/support/blanks.ts';

test.each([
  '=1+1',
  '@SUM(A1)',
  '\tx',
  '\rx',
  '+cmd|x',
  '-cmd',
  '-',
  '+',
  '-1+1',
  '+33 6=1',
  '-5x',
  "'=1",
  "''@x",
  'NULL',
  "'NULL",
  "'\rx",
  '+1;2',
  ' =1',
  '\nx',
  "'\u00a0x",
  '\ufeffx',
])('%j is dangerous', (text) => {
  expect(guard(text)).toBe(`'${text}`);
  expect(unguard(`'${text}`)).toBe(text);
});

test.each([
  '',
  'Ann',
  '-5',
  '+5',
  '-1.5e21',
  '-1,234.50',
  '+33 6 12 34 56 78',
  '+33 (0)6-12.34',
  '+(33) 6',
  "'",
  "''",
  "'Ann",
  "'90s",
  'null',
  'NULLS',
  '1=1',
  'a\tb',
])('%j is not', (text) => {
  expect(guard(text)).toBe(text);
  expect(unguard(text)).toBe(text);
});

test.each(['x ', '=x\n', ' x ', "x 'y '", "' '", "it's '", ' ', '\t'])(
  '%j would lose the blank at its end',
  (text) => {
    expect(guard(text)).toBe(`'${text}'`);
    expect(unguard(`'${text}'`)).toBe(text);
  },
);

test('what is put around a text is taken off again, and nothing else', () => {
  const text = fc.oneof(
    fc.string({ unit: fc.constantFrom("'", '=', '+', '-', '@', '\t', '\r', '1', 'a', ' ', '(') }),
    fc.constantFrom('NULL', "'NULL", "''NULL"),
    fc.string(),
  );
  fc.assert(
    fc.property(text, (original) => {
      expect(withoutBlanks(guard(original))).toBe(guard(original));
      expect(unguard(guard(original))).toBe(original);
      expect(guard(original)).not.toMatch(/^(?:[=@\t\r]|NULL$)/);
    }),
    { numRuns: 2000 },
  );
});
