import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cellReader } from '../../src/csv/cells.ts';
import { guard, guardFromImports, guardPhone, guardTags, unguard } from '../../src/csv/guard.ts';
import { withoutBlanks } from '../../src/support/blanks.ts';

test.each([
  '=1+1',
  '@SUM(A1)',
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
  '\\N',
  "'\\N",
  '+1;2',
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
  '\\n',
  '\\N1',
  '1=1',
  'a\tb',
  "'a b'",
])('%j is not', (text) => {
  expect(guard(text)).toBe(text);
  expect(unguard(text)).toBe(text);
});

test.each([
  ' ',
  ' a',
  'a ',
  '\tx',
  '\rx',
  'x\n',
  '\u00a0x',
  '\ufeffx',
  ' =1',
  '=1 ',
  "' a'",
  "'a '",
  "a '",
  "''\tx",
])('%j has a mark at both ends', (text) => {
  expect(guard(text)).toBe(`'${text}'`);
  expect(unguard(`'${text}'`)).toBe(text);
});

test('a mark before TAB alone, as older files have it, is taken off too', () => {
  expect(unguard("'\tx")).toBe('\tx');
});

test('a number that begins with the mark of spreadsheets has another one', () => {
  expect(guardPhone("'+336")).toBe("''+336");
  expect(guardPhone('+336')).toBe('+336');
  expect(guardPhone("'home 6")).toBe("'home 6");
  expect(guardPhone("'=6")).toBe("''=6");
});

test('one tag with a comma is not two', () => {
  expect(guardTags('a,b')).toBe('a,b|');
  expect(guardTags('a;b')).toBe('a;b|');
  expect(guardTags('a,b|c')).toBe('a,b|c');
  expect(guardTags('=a')).toBe("'=a");
  expect(guardTags('=a,b')).toBe("'=a,b|");
});

test('what is put around a text is taken off again, and nothing else', () => {
  const text = fc.oneof(
    fc.string({ unit: fc.constantFrom("'", '=', '+', '-', '@', '\t', '\r', '1', 'a', ' ', '(') }),
    fc.constantFrom('NULL', "'NULL", "''NULL", '\\N', "'\\N"),
    fc.string(),
  );
  fc.assert(
    fc.property(text, (original) => {
      expect(withoutBlanks(guard(original))).toBe(guard(original));
      expect(unguard(guard(original))).toBe(original);
      expect(guard(original)).not.toMatch(/^(?:[=@\t\r]|NULL$|\\N$)/);
      expect(guard(original).trim()).toBe(guard(original));
    }),
    { numRuns: 2000 },
  );
});

test('where no spreadsheet opens the file, only what an import would misread is guarded', () => {
  for (const text of ['=1+1', '@x', '+cmd', '-', 'a', '', '=', '-5x'])
    expect(guardFromImports(text, guard)).toBe(text);
  for (const text of ['NULL', '\\N', "'=1", '="06"', "'NULL"])
    expect(guardFromImports(text, guard)).toBe(`'${text}`);
  for (const text of [' a', '\tx', '=1 ']) expect(guardFromImports(text, guard)).toBe(`'${text}'`);
  expect(guardFromImports("'+33 6", guardPhone)).toBe("''+33 6");
});

test('texts guarded from imports are read back as they are', () => {
  const read = cellReader({ type: 'text', options: [] }, { zone: 'UTC' });
  const units = ["'", '=', '"', '+', '@', '\t', '1', 'a', ' ', 'NULL', '\\N', '\u00a0'];
  const text = fc.oneof(
    fc.string({ unit: fc.constantFrom(...units), minLength: 1, maxLength: 6 }),
    fc.string({ minLength: 1 }),
  );
  fc.assert(
    fc.property(text, (each) => {
      expect(read(guardFromImports(each, guard))).toBe(each);
    }),
    { numRuns: 5000 },
  );
});
