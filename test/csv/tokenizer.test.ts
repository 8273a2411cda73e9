import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { linesWriter } from '../../src/csv/line.ts';
import { type CsvRow, Tokenizer, type TokenizerOptions } from '../../src/csv/tokenizer.ts';

const LENIENT = { delimiter: ',', strict: false, escape: '', keepBlanks: false };

function rowsOf(text: string, options: Partial<TokenizerOptions> = {}, pieces = 1): CsvRow[] {
  const tokenizer = new Tokenizer({ ...LENIENT, ...options }, 'a.csv');
  const rows: CsvRow[] = [];
  const length = Math.max(1, Math.ceil(text.length / pieces));
  for (let start = 0; start < text.length; start += length)
    rows.push(...tokenizer.push(text.slice(start, start + length)));
  return [...rows, ...tokenizer.end()];
}

const cellsOf = (text: string, options?: Partial<TokenizerOptions>): (readonly string[])[] =>
  rowsOf(text, options).map((row) => row.cells);
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
  const options = { keepBlanks: true };
  expect(cellsOf(text, options)).toEqual(cells);
  for (const pieces of [2, 3, text.length])
    expect(rowsOf(text, options, pieces)).toEqual(rowsOf(text, options));
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
    ['a\n"b" x,c', 'a.csv, line 2: text follows the quote that closes a cell'],
    ['a\n "b""c" "d"', 'a.csv, line 2: text follows the quote that closes a cell'],
    ['"a\r\nb"\r\n\r\n\ufeff\r\n"c', 'a.csv, line 5: a quote is opened and never closed'],
  ])('%j', (text, message) => {
    for (const pieces of [1, text.length]) {
      expect(() => rowsOf(text, {}, pieces)).toThrow(
        expect.objectContaining({ code: 'BROKEN_QUOTE', exit: 65, message }),
      );
    }
  });

  test('is every quote that RFC 4180 does not allow, if that is told', () => {
    const refused = (message: string): unknown => expect.objectContaining({ exit: 65, message });
    const inside = 'a.csv, line 2: a quote stands inside a cell without quotes';
    for (const text of ['a,b\nc,d"e', 'a,b\nc, "d"', 'a,b\n5" disk,'])
      expect(() => rowsOf(text, { strict: true })).toThrow(refused(inside));
    const behind = 'a.csv, line 2: text follows the quote that closes a cell';
    expect(() => rowsOf('a\n"b" \n', { strict: true })).toThrow(refused(behind));
  });

  test('may be an escaped one, which the hint then says', () => {
    const hinted = (text: string): unknown =>
      expect.objectContaining({ exit: 65, hint: expect.stringContaining(text) });
    expect(() => rowsOf('a\n"5\\" disk"\n')).toThrow(hinted(`add --escape '\\'`));
    expect(() => rowsOf('a\n"5" disk"\n"\\""')).toThrow(hinted('is doubled'));
  });

  test('does not fill the memory', () => {
    const tokenizer = new Tokenizer(LENIENT, 'a.csv');
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

describe('a quote', () => {
  test('after blanks opens a cell, and blanks may follow the one that closes it', () => {
    const text = 'a, "b, c" ,\u00a0"d"\t\n  "e\n" , f ,\u202f\n';
    expect(cellsOf(text)).toEqual([
      ['a', 'b, c', 'd'],
      ['e', 'f', ''],
    ]);
    expect(cellsOf(text, { keepBlanks: true })).toEqual([
      ['a', 'b, c', 'd'],
      ['e\n', ' f ', '\u202f'],
    ]);
    const tabs = { delimiter: '\t' };
    expect(cellsOf('a\t"b"\t\t "c"\n', tabs)).toEqual([['a', 'b', '', 'c']]);
  });

  test('inside a cell without quotes is text, and its cell is counted', () => {
    const tokenizer = new Tokenizer(LENIENT, 'a.csv');
    const text = '5" disk,a "b" c,"d ""e"""\n"f", g"\n';
    const rows = text.split('').flatMap((character) => tokenizer.push(character));
    expect(rows.map((row) => row.cells)).toEqual([
      ['5" disk', 'a "b" c', 'd "e"'],
      ['f', 'g"'],
    ]);
    expect(tokenizer.strayQuotes).toBe(3);
  });
});

describe('an escape', () => {
  test.each([
    ['"a\\"b","c""d",e\\,f,5\\" disk', ['a"b', 'c"d', 'e,f', '5" disk']],
    ['"C:\\\\new\\\\",x', ['C:\\new\\', 'x']],
    ['a\\\nb,"c\\\r\nd",\\tx\\0y\\Z', ['a\nb', 'c\r\nd', '\tx\0y\u001a']],
    ['\\N,"\\N",\\é,a\\', ['\\N', '\\N', 'é', 'a\\']],
  ])('%j', (text, cells) => {
    const options = { escape: '\\', keepBlanks: true };
    for (const pieces of [1, 2, 3, text.length + 2])
      expect(rowsOf(`x\n${text}`, options, pieces)[1]).toEqual({
        line: 2,
        cells,
        afterMark: false,
      });
  });

  test('may be another character, and then stands for nothing but the next one', () => {
    const cells = cellsOf('"a^"b",c^,d,^n,\\"', { escape: '^' });
    expect(cells).toEqual([['a"b', 'c,d', 'n', '\\"']]);
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
        expect(rowsOf(text, { delimiter, keepBlanks: true }, pieces)).toEqual(expected);
      },
    ),
    { numRuns: 1000 },
  );
});
