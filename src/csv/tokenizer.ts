import { withoutBlanks } from '../support/blanks.ts';
import { type CellFormat, inClass, RecordReader } from './record-reader.ts';

/**
 * A record of the file. `line` is the 1-based line on which it begins; `afterMark` says that it is
 * the first one after a byte order mark.
 */
export interface CsvRow {
  readonly line: number;
  readonly cells: readonly string[];
  readonly afterMark: boolean;
  /** The positions of cells that are lists in JSON, so that no comma in them divides anything. */
  readonly lists?: ReadonlySet<number> | undefined;
}

const MARK = '\ufeff';

/** A record of more characters than this is taken for a quote that was never closed. */
const LONGEST_RECORD = 16_777_216;

/** How to cut, where the text begins, and whether most records may be cut at once. */
export interface TokenizerOptions extends CellFormat {
  /** The line on which the text begins [1]. */
  readonly line?: number;
  /** Cut lines that hold nothing but cells and delimiters at once [true]. */
  readonly shortWay?: boolean;
}

/**
 * Cuts text into records as RFC 4180 says, and accepts more: LF, CRLF and CR may be mixed, byte
 * order marks may come before any record, empty lines are passed over, and quotes may stand where
 * they do no harm (see `RecordReader`). The text may arrive in pieces of any size.
 *
 * A line without a quote, an escape, a mark or a CR of its own is a record: it is split at its
 * delimiters, which is several times as fast as reading it.
 */
export class Tokenizer {
  readonly #reader: RecordReader;
  readonly #format: CellFormat;
  readonly #odd: RegExp;
  readonly #shortWay: boolean;
  #text = '';
  #position = 0;
  #line: number;
  #afterMark = false;

  /** `name` is the file's name, for messages. */
  constructor({ line = 1, shortWay = true, ...format }: TokenizerOptions, name: string) {
    this.#reader = new RecordReader(format, name);
    this.#format = format;
    this.#odd = new RegExp(`["${MARK}${inClass(format.escape)}]|\\r(?!\\n)`, 'g');
    this.#shortWay = shortWay;
    this.#line = line;
  }

  /** How many cells without quotes around them held a quote. */
  get strayQuotes(): number {
    return this.#reader.strayQuotes;
  }

  /**
   * The records that this piece of text completes. `UserError` (65), with the line of its record,
   * for a quote that has no meaning or two.
   */
  push(piece: string): CsvRow[] {
    this.#text = this.#text.slice(this.#position) + piece;
    this.#position = 0;
    return this.#cut(false);
  }

  /** The last record, if no line break ends it. */
  end(): CsvRow[] {
    return this.#cut(true);
  }

  #cut(isLast: boolean): CsvRow[] {
    const rows: CsvRow[] = [];
    let odd = this.#nextOdd();
    while (this.#position < this.#text.length) {
      if (odd < this.#position) odd = this.#nextOdd();
      const lineEnd = this.#text.indexOf('\n', this.#position);
      if (lineEnd >= 0 && lineEnd < odd) this.#split(lineEnd, rows);
      else if (!this.#passEmpty(isLast) && !this.#read(isLast, rows)) break;
    }
    return rows;
  }

  /** The position of the next character that the short way does not know. */
  #nextOdd(): number {
    if (!this.#shortWay) return -1;
    this.#odd.lastIndex = this.#position;
    return this.#odd.exec(this.#text)?.index ?? this.#text.length;
  }

  #split(lineEnd: number, rows: CsvRow[]): void {
    const start = this.#position;
    const hasReturn = lineEnd > start && this.#text[lineEnd - 1] === '\r';
    const end = hasReturn ? lineEnd - 1 : lineEnd;
    this.#position = lineEnd + 1;
    if (end > start) this.#add(this.#cellsOf(this.#text.slice(start, end)), rows);
    this.#line += 1;
  }

  #cellsOf(text: string): string[] {
    const cells = text.split(this.#format.delimiter);
    if (this.#format.keepBlanks) return cells;
    for (let index = 0; index < cells.length; index++)
      cells[index] = withoutBlanks(cells[index] ?? '');
    return cells;
  }

  /** Passes a byte order mark, or the line break of an empty line, before a record. */
  #passEmpty(isLast: boolean): boolean {
    const next = this.#text.slice(this.#position, this.#position + 2);
    if (next.startsWith(MARK)) {
      this.#position += 1;
      this.#afterMark = true;
      return true;
    }
    if (!/^[\r\n]/.test(next) || (next === '\r' && !isLast)) return false;
    this.#position += next === '\r\n' ? 2 : 1;
    this.#line += 1;
    return true;
  }

  #read(isLast: boolean, rows: CsvRow[]): boolean {
    const place = { text: this.#text, start: this.#position, line: this.#line, isLast };
    const found = this.#reader.read(place);
    if ((found?.end ?? this.#text.length) - this.#position > LONGEST_RECORD)
      throw this.#reader.broken('long', place);
    if (found === undefined) return false;
    this.#add(found.cells, rows);
    this.#line += countBreaks(this.#text.slice(this.#position, found.end));
    this.#position = found.end;
    return true;
  }

  #add(cells: string[], rows: CsvRow[]): void {
    rows.push({ line: this.#line, cells, afterMark: this.#afterMark });
    this.#afterMark = false;
  }
}

function countBreaks(text: string): number {
  return text.match(/\r\n|\n|\r/g)?.length ?? 0;
}
