import type { CsvRow } from './tokenizer.ts';

/** How to read a file; what is left out is detected. */
export interface TableOptions {
  /** One character, or `tab` [detected]. */
  readonly delimiter?: string | undefined;
  /** A name such as `windows-1252` [`utf-8`]. */
  readonly encoding?: string | undefined;
  /** [what the first characters or the file's name say] */
  readonly inputFormat?: 'csv' | 'ndjson' | 'json' | undefined;
  /** The 1-based line on which the table begins [the first that is not empty]. */
  readonly headerLine?: number | undefined;
  /** `strict` refuses all that RFC 4180 refuses [`lenient`]. */
  readonly quotes?: 'lenient' | 'strict' | undefined;
  /** The character that changes what the next one means [none]. */
  readonly escape?: string | undefined;
  /** Leave the blanks around cells where they are. */
  readonly keepBlanks?: boolean | undefined;
  /** Cut lines without quotes at once [true]; for tests, which compare both ways. */
  readonly shortWay?: boolean | undefined;
}

/** How a file is written, so that its rejected rows can be written in the same way. */
export type Notation = CsvNotation | JsonNotation;

export interface CsvNotation {
  readonly kind: 'csv';
  readonly delimiter: string;
  readonly escape: string;
  readonly headerLine: number;
}

/** `countedBy` says what the `line` of a row is: objects of an array may all stand on one line. */
export interface JsonNotation {
  readonly kind: 'json';
  readonly countedBy: 'line' | 'object';
}

/** A file of rows: a header, and rows that can be read from the first one as often as needed. */
export interface Table {
  readonly name: string;
  readonly header: readonly string[];
  /** The line on which it begins; undefined where no row of the file is one. */
  readonly headerLine?: number | undefined;
  /** How many columns at the end of the header are not in the file, but made of others [0]. */
  readonly derived?: number | undefined;
  readonly notation: Notation;
  readonly encoding: string;
  /** How many cells held a quote without standing in quotes, once all rows have been read. */
  readonly strayQuotes: number;
  /**
   * The rows in batches, in file order, without empty rows. `UserError` (65) for an error found
   * while reading.
   */
  batches(): AsyncGenerator<readonly CsvRow[]>;
}

/** A table over another one, of which all else is so, also what it learns when its rows are read. */
export function tableOver(
  table: Table,
  own: Pick<Table, 'header' | 'headerLine' | 'derived' | 'batches'>,
): Table {
  const { name, notation, encoding, headerLine } = table;
  return {
    ...{ name, notation, encoding, headerLine },
    get strayQuotes() {
      return table.strayQuotes;
    },
    ...own,
  };
}
