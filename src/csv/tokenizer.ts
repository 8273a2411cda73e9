import { CsvError, type InfoRecord, Parser } from 'csv-parse';
import { EXIT, UserError } from '../support/errors.ts';

/**
 * A record of the file. `line` is the 1-based line on which it begins; `afterMark` says that it is
 * the first one after a byte order mark.
 */
export interface CsvRow {
  readonly line: number;
  readonly cells: readonly string[];
  readonly afterMark: boolean;
}

const MARK = '\ufeff';

/** A record longer than this (in bytes) is taken for a quote that was never closed. */
const LONGEST_RECORD = 16_777_216;

const BROKEN: Readonly<Record<string, string>> = {
  CSV_QUOTE_NOT_CLOSED: 'a quote is opened and never closed',
  CSV_INVALID_CLOSING_QUOTE: 'text follows the quote that closes a cell',
  INVALID_OPENING_QUOTE: 'a quote stands inside a cell without quotes',
  CSV_MAX_RECORD_SIZE: 'a record begins that is longer than 16 MiB, or never ends',
};

/**
 * Splits text into records as RFC 4180 says, and accepts more: LF, CRLF and CR may be mixed, byte
 * order marks may come before any record, and empty lines are skipped. The text may arrive in
 * pieces of any size.
 *
 * csv-parse does the splitting. But it gives the line on which a record ends, and counts a CRLF in
 * a cell twice; so lines are counted here, from its count of empty lines and the line breaks in
 * cells. After a byte order mark the text is a new file, so it gets a new parser.
 */
export class Tokenizer {
  readonly #delimiter: string;
  readonly #name: string;
  #parser: Parser;
  #parserIsNew = true;
  #rows: CsvRow[] = [];
  /** The line after the last record, and how many empty lines the parser had counted before it. */
  #line: number;
  #emptyLines = 0;
  #afterMark = false;
  #inQuotes = false;
  #atRecordStart = true;

  /** `name` is the file's name, for messages; `line` is the line on which the text begins. */
  constructor(delimiter: string, name: string, line = 1) {
    this.#delimiter = delimiter;
    this.#name = name;
    this.#line = line;
    this.#parser = this.#newParser();
  }

  /**
   * The records that this piece of text completes. `UserError` (65) for a broken quote, with the
   * line of its record.
   */
  push(piece: string): CsvRow[] {
    let start = 0;
    for (let mark = piece.indexOf(MARK); mark >= 0; mark = piece.indexOf(MARK, mark + 1)) {
      this.#feed(piece.slice(start, mark));
      start = mark;
      if (!this.#atRecordStart) continue;
      this.#beginAnew();
      start += 1;
    }
    this.#feed(piece.slice(start));
    return this.#takeRows();
  }

  /** The last record, if no line break ends it. */
  end(): CsvRow[] {
    this.#finish();
    return this.#takeRows();
  }

  #newParser(): Parser {
    const parser = new Parser({
      delimiter: this.#delimiter,
      record_delimiter: ['\r\n', '\n', '\r'],
      relax_column_count: true,
      skip_empty_lines: true,
      max_record_size: LONGEST_RECORD,
      // nothing is passed on, so the stream never waits for a reader
      on_record: (cells: string[], info) => this.#addRow(cells, info),
    });
    return parser.on('error', () => undefined); // `#requireWhole` throws what `errored` holds
  }

  #addRow(cells: string[], info: InfoRecord): null {
    const line = this.#line + info.empty_lines - this.#emptyLines;
    this.#rows.push({ line, cells, afterMark: this.#afterMark });
    this.#afterMark = false;
    this.#emptyLines = info.empty_lines;
    this.#line = line + 1;
    for (const cell of cells) this.#line += countBreaks(cell);
    return null;
  }

  #feed(text: string): void {
    if (text === '') return;
    this.#parser.write(text);
    this.#parserIsNew = false;
    this.#requireWhole();
    if (hasOddQuotes(text)) this.#inQuotes = !this.#inQuotes;
    this.#atRecordStart = !this.#inQuotes && (text.endsWith('\n') || text.endsWith('\r'));
  }

  #beginAnew(): void {
    if (!this.#parserIsNew) {
      this.#finish();
      // csv-parse counts the text after the last line break as one more empty line
      this.#line = this.#nextLine() - 1;
      this.#emptyLines = 0;
      this.#parser = this.#newParser();
      this.#parserIsNew = true;
    }
    this.#afterMark = true;
  }

  #finish(): void {
    this.#parser.end();
    this.#requireWhole();
  }

  #takeRows(): CsvRow[] {
    const rows = this.#rows;
    this.#rows = [];
    return rows;
  }

  /** The line on which the next record begins. */
  #nextLine(): number {
    return this.#line + this.#parser.info.empty_lines - this.#emptyLines;
  }

  #requireWhole(): void {
    const error = this.#parser.errored;
    if (error === null) return;
    const what = error instanceof CsvError ? BROKEN[error.code] : undefined;
    if (what === undefined) throw error;
    throw new UserError(
      'BROKEN_QUOTE',
      EXIT.badInput,
      `${this.#name}, line ${this.#nextLine()}: ${what}`,
      {
        hint:
          'a cell with quotes in it stands in quotes, and each quote inside is doubled: ' +
          '"5"" disk"',
        cause: error,
      },
    );
  }
}

/**
 * Whether the text has an odd number of quotes. In unbroken text, after an odd number one is inside
 * quotes.
 */
function hasOddQuotes(text: string): boolean {
  let odd = false;
  for (let quote = text.indexOf('"'); quote >= 0; quote = text.indexOf('"', quote + 1)) odd = !odd;
  return odd;
}

function countBreaks(cell: string): number {
  if (!cell.includes('\n') && !cell.includes('\r')) return 0;
  return cell.match(/\r\n|\n|\r/g)?.length ?? 0;
}
