import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { linesWriter } from '../../src/csv/line.ts';
import { type CsvRow, Tokenizer } from '../../src/csv/tokenizer.ts';

function rowsOf(text: string, delimiter = ',', pieces = 1): CsvRow[] {
  const tokenizer = new Tokenizer(delimiter, 'a.csv');
  const rows: CsvRow[] = [];
  const length = Math.max(1, Math.ceil(text.length / pieces));
  for (let start = 0; start < text.length; start += length)
    rows.push(...tokenizer.push(text.slice(start, start + length)));
  return [...rows, ...tokenizer.end()];
}

const cellsOf = (text: string, delimiter = ','): (readonly string[])[] =>
  rowsOf(text, delimiter).map((row) => row.cells);
const linesOf = (text: string): number[] => rowsOf(text).map((row) => row.line);

test.each([
  [
    'a,b\nc,d\n',
    [
      ['a', 'b'],
      ['c', 'd'],
    ],
  ],
  ['a,b\r\nc,d\re,f\ng', [['a', 'b'], ['c', 'd'], ['e', 'f'], ['g']]],
  [
    'a,\n,b\n,\n',
    [
      ['a', ''],
      ['', 'b'],
      ['', ''],
    ],
  ],
  ['"a,b","c""d","",""""\n', [['a,b', 'c"d', '', '"']]],
  ['"a\r\nb",c', [['a\r\nb', 'c']]],
  ['\n\r\n\ra\n\n', [['a']]],
  ['""\n', [['']]],
  ['a,', [['a', '']]],
  ['"a"', [['a']]],
  [
    '\ufeff"a",b\n\ufeffc,d\n"\ufeffe",\ufefff',
    [
      ['a', 'b'],
      ['c', 'd'],
      ['\ufeffe', '\ufefff'],
    ],
  ],
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
    ['a\n"b\nc"d,e', 'a.csv, line 2: text follows the quote that closes a cell'],
    ['a,b\nc,d"e', 'a.csv, line 2: a quote stands inside a cell without quotes'],
    ['a\n"b" ,c', 'a.csv, line 2: text follows the quote that closes a cell'],
    ['"a\r\nb"\r\n\r\n\ufeff\r\n"c', 'a.csv, line 5: a quote is opened and never closed'],
  ])('%j', (text, message) => {
    for (const pieces of [1, text.length]) {
      expect(() => rowsOf(text, ',', pieces)).toThrow(
        expect.objectContaining({ code: 'BROKEN_QUOTE', exit: 65, message }),
      );
    }
  });

  test('does not fill the memory', () => {
    const tokenizer = new Tokenizer(',', 'a.csv');
    tokenizer.push('a\n"');
    expect(() => {
      for (let megabytes = 0; megabytes < 100; megabytes++) tokenizer.push('b,c\n'.repeat(250_000));
    }).toThrow(
      expect.objectContaining({
        exit: 65,
        message: 'a.csv, line 2: a record begins that is longer than 16 MiB, or never ends',
      }),
    );
  });
});

test('what is written is read, cut into pieces anywhere, each record with its line', () => {
  const cell = fc.string({
    unit: fc.constantFrom('a', 'é', '"', ',', ';', '\n', '\r', ' ', '\t', '東', '\ufeff'),
    maxLength: 6,
  });
  const table = fc.integer({ min: 1, max: 4 }).chain((width) =>
    fc.array(fc.array(cell, { minLength: width, maxLength: width }), {
      minLength: 1,
      maxLength: 5,
    }),
  );
  const records = table.chain((rows) =>
    fc.tuple(
      ...rows.map((cells) =>
        fc.record({
          cells: fc.constant(cells),
          lineEnd: fc.constantFrom('\n', '\r\n'),
          before: fc.constantFrom('', '', '\n', '\r\n\r', '\ufeff'),
        }),
      ),
    ),
  );
  fc.assert(
    fc.property(
      records,
      fc.constantFrom(',', ';'),
      fc.integer({ min: 1, max: 30 }),
      (written, delimiter, pieces) => {
        let text = '';
        const expected = written.map(({ cells, lineEnd, before }): CsvRow => {
          text += before;
          const line = 1 + (text.match(/\r\n|\n|\r/g)?.length ?? 0);
          text += linesWriter({ delimiter, lineEnd })([cells]);
          return { line, cells, afterMark: before === '\ufeff' };
        });
        expect(rowsOf(text, delimiter, pieces)).toEqual(expected);
      },
    ),
    { numRuns: 1000 },
  );
});
