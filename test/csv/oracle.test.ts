import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Tokenizer, type TokenizerOptions } from '../../src/csv/tokenizer.ts';
import { UserError } from '../../src/support/errors.ts';

/** The records of a text, or what is said against it. */
interface Outcome {
  readonly records: readonly unknown[] | string;
  readonly strayQuotes?: number;
}

/** What the tokenizer makes of a text that arrives in pieces of so many characters. */
function readOurs(text: string, options: TokenizerOptions, size: number): Outcome {
  const tokenizer = new Tokenizer(options, 'a.csv');
  const records: unknown[] = [];
  try {
    for (let start = 0; start < text.length; start += size)
      records.push(...tokenizer.push(text.slice(start, start + size)));
    records.push(...tokenizer.end());
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { records: error.message };
  }
  return { records, strayQuotes: tokenizer.strayQuotes };
}

/** The cells alone; undefined for a refusal. */
function cellsOf({ records }: Outcome): unknown {
  if (typeof records === 'string') return undefined;
  return records.map((record) => (record as { cells: unknown }).cells);
}

/** csv-parse takes a NUL behind a quote for the end of the text. */
const NUL_BEHIND_QUOTE = /"[ \t]*\0/;

/** csv-parse reads `"a" "b"` as one cell; here it is refused, for it may be two. */
const QUOTED_TWICE = /"[ \t]+"/;

/** What csv-parse makes of a text; undefined for a refusal. */
function readTheirs(text: string, delimiter: string, trim: boolean): string[][] | undefined {
  try {
    return parse(text, {
      delimiter,
      trim,
      record_delimiter: ['\r\n', '\n', '\r'],
      relax_column_count: true,
      skip_empty_lines: true,
    });
  } catch {
    return undefined;
  }
}

const delimiters = fc.constantFrom(',', ';', '\t', '|', '^', ']', '-');
const sizes = fc.constantFrom(1, 2, 3, 5, 8, 1000);

/** Texts of the characters that matter, joined from parts that often make whole records. */
function textOf(delimiter: string, more: readonly string[]): fc.Arbitrary<string> {
  const part = fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom('a', 'é', '東', delimiter, '\n', ...more) },
    { weight: 2, arbitrary: fc.constantFrom('"', '\r', '\r\n', ' ', '\0', `,`, '""') },
    {
      weight: 2,
      arbitrary: fc.constantFrom(`"a${delimiter}b"${delimiter}`, `"a\n""b"\n`, `x${delimiter}y\n`),
    },
  );
  return fc.array(part, { maxLength: 40 }).map((parts) => parts.join(''));
}

const texts = (more: readonly string[]): fc.Arbitrary<readonly [string, string]> =>
  delimiters.chain((delimiter) => fc.tuple(fc.constant(delimiter), textOf(delimiter, more)));

test('with strict quotes, any text is read or refused as csv-parse does it', () => {
  fc.assert(
    fc.property(texts(['"']), sizes, fc.boolean(), ([delimiter, text], size, shortWay) => {
      fc.pre(!NUL_BEHIND_QUOTE.test(text));
      const options = { delimiter, strict: true, escape: '', keepBlanks: true, shortWay };
      expect(cellsOf(readOurs(text, options, size))).toEqual(readTheirs(text, delimiter, false));
    }),
    { numRuns: 5000 },
  );
});

test('what csv-parse reads with blanks around cells is read as it does', () => {
  fc.assert(
    fc.property(texts([' ', ' "', '" ']), sizes, fc.boolean(), ([delimiter, text], size, short) => {
      const theirs = readTheirs(text, delimiter, true);
      fc.pre(theirs !== undefined && delimiter !== '\t');
      fc.pre(!NUL_BEHIND_QUOTE.test(text) && !QUOTED_TWICE.test(text));
      const options = { delimiter, strict: false, escape: '', keepBlanks: false, shortWay: short };
      const ours = readOurs(text, options, size);
      // a line of blanks is a row to one and nothing to the other, but never a row with content
      const hasContent = (cells: readonly string[]): boolean => cells.some((cell) => cell !== '');
      expect((cellsOf(ours) as string[][]).filter(hasContent)).toEqual(
        theirs.map((cells) => cells.map((cell) => cell.trim())).filter(hasContent),
      );
      expect(ours.strayQuotes).toBe(0);
    }),
    { numRuns: 5000 },
  );
});

test('the short way and the long one agree on any text, whatever the options', () => {
  const options = fc.record({
    strict: fc.boolean(),
    escape: fc.constantFrom('', '\\', '!'),
    keepBlanks: fc.boolean(),
  });
  const odd = ['\ufeff', '\u00a0', '\\', '\\"', '!', '"', '\\N'];
  fc.assert(
    fc.property(texts(odd), options, sizes, sizes, ([delimiter, text], rules, size, other) => {
      const short = readOurs(text, { ...rules, delimiter }, size);
      const long = readOurs(text, { ...rules, delimiter, shortWay: false }, other);
      expect(short).toEqual(long);
    }),
    { numRuns: 5000 },
  );
});

const FILE = [
  'email,first_name,note\r\n',
  'ann@example.org,Ann,"likes ""tea"", and\nrye"\r\n',
  'bob@example.org, Bob ,5" disk\n',
  '\ufeffcid@example.org,"Cid",\n\n',
  ' "dan@example.org" ,,"é\r\n\r\n東"\r',
  'eve@example.org,Eve,\0\n',
  ...Array.from({ length: 10 }, (_, index) => `u${index}@example.org,Name ${index},x\n`),
].join('');

/** Texts with one to four places in which something is taken out or put in. */
function mutatedFrom(file: string): fc.Arbitrary<string> {
  const mutation = fc.record({
    at: fc.integer({ min: 0, max: file.length }),
    taken: fc.integer({ min: 0, max: 4 }),
    put: fc.constantFrom('', '"', ',', '\n', '\r', '\0', '\ufeff', ' ', '""', '\\', 'a,b\n'),
  });
  return fc.array(mutation, { minLength: 1, maxLength: 4 }).map((mutations) => {
    let text = file;
    for (const { at, taken, put } of mutations)
      text = text.slice(0, at) + put + text.slice(at + taken);
    return text;
  });
}

test('so they do on a thousand mutated files', () => {
  const rules = { delimiter: ',', strict: false, escape: '', keepBlanks: false };
  fc.assert(
    fc.property(mutatedFrom(FILE), sizes, (text, size) => {
      const short = readOurs(text, rules, size);
      expect(short).toEqual(readOurs(text, { ...rules, shortWay: false }, text.length));
    }),
    { numRuns: 1000 },
  );
});

/** The file without marks, and with quotes where RFC 4180 wants them. */
const STRICT_FILE = FILE.replaceAll('\ufeff', '')
  .replace('5" disk', '"5"" disk"')
  .replace(' "dan@example.org" ', '"dan@example.org"');

test('a thousand mutated files are read or refused as csv-parse does it', () => {
  const seen = { read: 0, refused: 0 };
  fc.assert(
    fc.property(mutatedFrom(STRICT_FILE), sizes, fc.boolean(), (text, size, shortWay) => {
      const file = text.replaceAll('\ufeff', '');
      fc.pre(!NUL_BEHIND_QUOTE.test(file));
      const theirs = readTheirs(file, ',', false);
      const options = { delimiter: ',', strict: true, escape: '', keepBlanks: true, shortWay };
      expect(cellsOf(readOurs(file, options, size))).toEqual(theirs);
      seen[theirs === undefined ? 'refused' : 'read'] += 1;
    }),
    { numRuns: 1000 },
  );
  expect(Math.min(seen.read, seen.refused)).toBeGreaterThan(100);
});

/** The cases of csv-spectrum (https://github.com/max-mapper/csv-spectrum), written anew. */
test.each([
  ['comma_in_quotes', 'name,place\nAnn,"Lyon, 3e"\n', [['Ann', 'Lyon, 3e']]],
  ['empty', 'a,b,c\n1,"",""\n2,3,4\n', [['1', '', ''], ['2', '3', '4']]], // prettier-ignore
  ['empty_crlf', 'a,b,c\r\n1,"",""\r\n2,3,4\r\n', [['1', '', ''], ['2', '3', '4']]], // prettier-ignore
  ['escaped_quotes', 'a,b\n1,"he ""he"" he"\n3,4', [['1', 'he "he" he'], ['3', '4']]], // prettier-ignore
  ['json', 'key,value\n1,"{""at"": [1.5, 2]}"\n', [['1', '{"at": [1.5, 2]}']]],
  [
    'location_coordinates',
    '"City","Place"\n"Nice","43.7°N, 7.25°E"\n',
    [['Nice', '43.7°N, 7.25°E']],
  ],
  ['newlines', 'a,b\n"Once upon \na time",5\n7,8\n', [['Once upon \na time', '5'], ['7', '8']]], // prettier-ignore
  ['newlines_crlf', 'a,b\r\n"Once \r\na",5\r\n7,8\r\n', [['Once \r\na', '5'], ['7', '8']]], // prettier-ignore
  ['quotes_and_newlines', 'a,b\n1,"he \n""he"" \nhe"\n3,4', [['1', 'he \n"he" \nhe'], ['3', '4']]], // prettier-ignore
  ['simple', 'a,b,c\n1,2,3', [['1', '2', '3']]],
  ['simple_crlf', 'a,b,c\r\n1,2,3\r\n', [['1', '2', '3']]],
  ['utf8', 'a,b\n1,ʤ\n東,é\n', [['1', 'ʤ'], ['東', 'é']]], // prettier-ignore
])('csv-spectrum: %s', (_, text, rows) => {
  for (const strict of [false, true])
    for (const size of [1, 2, 1000]) {
      const options = { delimiter: ',', strict, escape: '', keepBlanks: false };
      const [, ...found] = cellsOf(readOurs(text, options, size)) as unknown[];
      expect(found).toEqual(rows);
    }
});
