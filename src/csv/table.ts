import { EXIT, UserError } from '../support/errors.ts';
import { decode, encodingOf } from './decode.ts';
import { detectDialect, parseDelimiter } from './dialect.ts';
import type { Source } from './source.ts';
import { type CsvRow, Tokenizer } from './tokenizer.ts';

const HEAD_CHARACTERS = 65_536;

/** How to read a file; what is left out is detected. */
export interface TableOptions {
  readonly delimiter?: string | undefined;
  readonly encoding?: string | undefined;
}

/** A CSV file: a header, and rows that can be read from the first one as often as needed. */
export interface Table {
  readonly name: string;
  readonly header: readonly string[];
  /** How many columns at the end of the header are not in the file, but made of others [0]. */
  readonly derived?: number | undefined;
  readonly delimiter: string;
  readonly encoding: string;
  /**
   * The rows in batches, in file order, without empty rows. `UserError` (65) for an error found
   * while reading.
   */
  batches(): AsyncGenerator<readonly CsvRow[]>;
}

/**
 * Opens a CSV file. `UserError`: it has no header or cannot be decoded (65), an unknown encoding or
 * delimiter (2).
 */
export async function openTable(source: Source, options: TableOptions): Promise<Table> {
  const given = options.delimiter === undefined ? undefined : parseDelimiter(options.delimiter);
  const encoding = await encodingOf(source, options.encoding);
  const { delimiter, skip } = detectDialect(await readHead(source, encoding), given);
  const records = (): AsyncGenerator<CsvRow[]> => readRecords(source, encoding, delimiter, skip);
  const header = await readHeader(records(), source.name);
  return {
    name: source.name,
    header,
    delimiter,
    encoding,
    batches: () => contentOf(records(), header),
  };
}

async function readHead(source: Source, encoding: string): Promise<string> {
  let head = '';
  for await (const piece of decode(source, encoding)) {
    head += piece;
    if (head.length >= HEAD_CHARACTERS) break;
  }
  return head;
}

/** Every row that is not empty. `skip` is the length of a `sep=` line, which counts as a line. */
async function* readRecords(
  source: Source,
  encoding: string,
  delimiter: string,
  skip: number,
): AsyncGenerator<CsvRow[]> {
  const tokenizer = new Tokenizer(delimiter, source.name, skip === 0 ? 1 : 2);
  let left = skip;
  for await (const piece of decode(source, encoding)) {
    yield tokenizer.push(piece.slice(left)).filter(hasContent);
    left = Math.max(0, left - piece.length);
  }
  yield tokenizer.end().filter(hasContent);
}

function hasContent(row: CsvRow): boolean {
  return row.cells.some((cell) => cell !== '');
}

async function readHeader(
  records: AsyncGenerator<CsvRow[]>,
  name: string,
): Promise<readonly string[]> {
  for await (const [first] of records) {
    if (first !== undefined) return first.cells.map((cell) => cell.trim());
  }
  throw new UserError('EMPTY_FILE', EXIT.badInput, `${name} is empty`, {
    hint: 'its first line must name the columns',
  });
}

/** All rows but the header. Files that were joined repeat it after a byte order mark. */
async function* contentOf(
  records: AsyncGenerator<CsvRow[]>,
  header: readonly string[],
): AsyncGenerator<readonly CsvRow[]> {
  let headerSeen = false;
  for await (const rows of records) {
    const content = rows.filter((row) => {
      const isHeader = !headerSeen || (row.afterMark && repeats(row.cells, header));
      headerSeen = true;
      return !isHeader;
    });
    if (content.length > 0) yield content;
  }
}

function repeats(cells: readonly string[], header: readonly string[]): boolean {
  return (
    cells.length === header.length && cells.every((cell, index) => cell.trim() === header[index])
  );
}
