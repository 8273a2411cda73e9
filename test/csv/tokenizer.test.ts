import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type CsvRow, Tokenizer } from '../../src/csv/tokenizer.ts';

function rowsOf(text: string, delimiter = ',', pieces = 1): CsvRow[] {
  const tokenizer = new Tokenizer(delimiter, 'a.csv');
  const rows: CsvRow[] = [];
  const length = Math.max(1, Math.ceil(text.length / pieces));
  for (let start = 0; start < text.length; start += length) rows.push(...tokenizer.push(text.slice(start, start + length)));
  return [...rows, ...tokenizer.end()];
}

const cellsOf = (text: string, delimiter = ','): (readonly string[])[] => rowsOf(text, delimiter).map((row) => row.cells);
const linesOf = (text: string): number[] => rowsOf(text).map((row) => row.line);

test.each([
  ['a,b\nc,d\n', [['a', 'b'], ['c', 'd']]],
  ['a,b\r\nc,d\re,f\ng', [['a', 'b'], ['c', 'd'], ['e', 'f'], ['g']]],
  ['a,\n,b\n,\n', [['a', ''], ['', 'b'], ['', '']]],
  ['"a,b","c""d","",""""\n', [['a,b', 'c"d', '', '"']]],
  ['"a\r\nb",c', [['a\r\nb', 'c']]],
  ['\n\r\n\ra\n\n', [['a']]],
  ['""\n', [['']]],
  ['a,', [['a', '']]],
  ['"a"', [['a']]],
  ['\ufeff"a",b\n\ufeffc,d\n"\ufeffe",\ufefff', [['a', 'b'], ['c', 'd'], ['\ufeffe', '\ufefff']]],
  ['', []],
])('%j', (text, cells) => {
  expect(cellsOf(text)).toEqual(cells);
  for (const pieces of [2, 3, text.length]) expect(rowsOf(text, ',', pieces)).toEqual(rowsOf(text));
});

test('a record knows the line on which it begins', () => {
  expect(linesOf('a\r\nb\n\n"c\r\nc\rc\nc",x\rd\n')).toEqual([1, 2, 4, 8]);
});

test('a record knows that a byte order mark stands before it', () => {
  expect(rowsOf('\ufeffa\nb\n\ufeffc').map((row) => row.afterMark)).toEqual([true, false, true]);
});

describe('a broken quote', () => {
  test.each([
    ['a\n"b', 'a.csv, line 2: a quote is opened and never closed'],
    ['a\n"b\nc"d,e', 'a.csv, line 3: text follows the quote that closes the one opened on line 2'],
    ['a,b\nc,d"e', 'a.csv, line 2: a quote stands inside a cell without quotes'],
    ['a\n"b" ,c', 'a.csv, line 2: text follows the quote that closes a cell'],
  ])('%j', (text, message) => {
    for (const pieces of [1, text.length]) {
      expect(() => rowsOf(text, ',', pieces)).toThrow(expect.objectContaining({ code: 'BROKEN_QUOTE', exit: 65, message }));
    }
  });

  test('does not fill the memory', () => {
    const tokenizer = new Tokenizer(',', 'a.csv');
    tokenizer.push('a\n"');
    expect(() => {
      for (let megabytes = 0; megabytes < 100; megabytes++) tokenizer.push('b,c\n'.repeat(250_000));
    }).toThrow(expect.objectContaining({ exit: 65, message: 'a.csv, line 2: a record begins that never ends' }));
  });
});

describe('csv-parse agrees', () => {
  const cell = fc.string({ unit: fc.constantFrom('a', 'é', '"', ',', ';', '\n', '\r', ' ', '\t', '東'), maxLength: 6 });
  const table = fc.integer({ min: 1, max: 4 }).chain((width) => fc.array(fc.array(cell, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 5 }));
  const written = (rows: string[][], delimiter: string, ends: readonly string[]): string =>
    rows.map((row, index) => row.map((text) => (/["\r\n,;]/.test(text) || text === '' ? `"${text.replaceAll('"', '""')}"` : text)).join(delimiter) + (ends[index % ends.length] ?? '')).join('');

  test('on what is written as RFC 4180 says', () => {
    fc.assert(
      fc.property(table, fc.constantFrom(',', ';'), fc.array(fc.constantFrom('\n', '\r\n', '\r'), { minLength: 1 }), fc.integer({ min: 1, max: 30 }), (rows, delimiter, ends, pieces) => {
        const text = written(rows, delimiter, ends);
        const expected: unknown = parse(text, { delimiter, relax_column_count: true, skip_empty_lines: true, record_delimiter: ['\r\n', '\n', '\r'] });
        expect(rowsOf(text, delimiter, pieces).map((row) => row.cells)).toEqual(expected);
        expect(expected).toEqual(rows);
      }),
    );
  });

  test('on what is broken', () => {
    const pieces = fc.array(fc.constantFrom('a', '"', '"', ',', '\n'), { maxLength: 12 }).map((parts) => parts.join(''));
    const attempt = (read: () => unknown): unknown => {
      try {
        return read();
      } catch {
        return 'broken';
      }
    };
    fc.assert(
      fc.property(pieces, (text) => {
        const theirs = attempt(() => parse(text, { relax_column_count: true, skip_empty_lines: true, record_delimiter: '\n' }));
        expect(attempt(() => cellsOf(text))).toEqual(theirs);
      }),
      { numRuns: 1000 },
    );
  });
});
