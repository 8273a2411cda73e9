import { EXIT, UserError } from '../support/errors.ts';
import { withoutBlanks } from '../support/blanks.ts';
import type { ColumnMapping } from './column-mapping.ts';
import type { Table } from './table.ts';
import type { CsvRow } from './tokenizer.ts';

/**
 * Tells the headers within a file that was joined from several, and puts the cells of the rows
 * below them into the columns of the first.
 *
 * A later row is a header if each of its cells names another column. One that only begins like a
 * header is refused: its cells could get into columns of others.
 */
export class JoinedHeaders {
  readonly #name: string;
  readonly #header: CsvRow;
  readonly #width: number;
  /** By name, the positions of the columns that have it. */
  readonly #positions = new Map<string, number[]>();
  readonly #lengths: readonly boolean[];
  /** The column of each cell, if that is not the cell's own position. */
  #order: readonly number[] | undefined;

  /** `name` is the file's name, for messages. */
  constructor(name: string, header: CsvRow) {
    this.#name = name;
    this.#header = header;
    this.#width = filledLength(header.cells);
    for (const [position, cell] of header.cells.slice(0, this.#width).entries())
      this.#positions.set(nameIn(cell), [...(this.#positions.get(nameIn(cell)) ?? []), position]);
    const lengths: boolean[] = [];
    for (const cell of header.cells) lengths[withoutBlanks(cell).length] = true;
    this.#lengths = lengths;
  }

  /**
   * The row with its cells in the columns of the first header; undefined for a header. `UserError`
   * (65) for what is half a header.
   */
  arrange(row: CsvRow): CsvRow | undefined {
    if (this.#beginsLikeHeader(row)) {
      const order = this.#orderOf(row);
      if (order !== undefined) {
        const isSame =
          order.length === this.#width && order.every((position, index) => position === index);
        this.#order = isSame ? undefined : order;
        return undefined;
      }
      this.#refuseHalf(row);
    }
    return this.#order === undefined ? row : this.#reordered(row, this.#order);
  }

  #beginsLikeHeader({ cells, afterMark }: CsvRow): boolean {
    return afterMark || this.#isName(cells[0]) || this.#isName(cells[1]);
  }

  #isName(cell = ''): boolean {
    // most cells of a file are told by their length, which costs next to nothing
    if (cell === '' || this.#lengths[withoutBlanks(cell).length] !== true) return false;
    return this.#positions.has(nameIn(cell));
  }

  /** The column of each cell; undefined if not each cell names another column. */
  #orderOf({ cells, afterMark }: CsvRow): number[] | undefined {
    const width = filledLength(cells);
    // the only cell of a row is rather a value that is called like a column
    if (width < Math.min(2, this.#width) && !afterMark) return undefined;
    const seen = new Map<string, number>();
    const order: number[] = [];
    for (const cell of cells.slice(0, width)) {
      const name = nameIn(cell);
      const nth = seen.get(name) ?? 0;
      const position = this.#positions.get(name)?.[nth];
      if (position === undefined) return undefined;
      seen.set(name, nth + 1);
      order.push(position);
    }
    return order.length === 0 ? undefined : order;
  }

  #refuseHalf({ cells, line, afterMark }: CsvRow): void {
    const filled = cells.slice(0, filledLength(cells)).map(withoutBlanks);
    // behind a mark stands the beginning of another file, be it cut in another way
    const parts = afterMark ? filled.flatMap((cell) => cell.split(DELIMITERS)) : filled;
    const others = parts.filter((part) => !this.#isName(part));
    if (!others.every(mayBeName)) return;
    const names = new Set(parts.filter((part) => this.#isName(part)).map(nameIn));
    const isHalf = names.size > 1 && names.size * 2 > parts.length;
    if (!isHalf && !(afterMark && names.size > 0)) return;
    const [other] = others;
    const missing =
      other === undefined ? 'has each of its columns once' : `has no column \`${other}\``;
    const why = parts.length > filled.length ? 'separates its cells otherwise' : missing;
    throw halfHeader(this.#name, { line, headerLine: this.#header.line, why });
  }

  #reordered({ cells, ...row }: CsvRow, order: readonly number[]): CsvRow {
    const arranged = this.#header.cells.map(() => '');
    for (const [index, position] of order.entries()) arranged[position] = cells[index] ?? '';
    return { ...row, cells: [...arranged, ...cells.slice(order.length)] };
  }
}

function nameIn(cell: string): string {
  return withoutBlanks(cell).normalize().toLowerCase();
}

/**
 * Refuses a row that is rejected and whose key is called like its column, which no address or number
 * is: the header of a file with other columns, whose cells below it would get into wrong ones.
 * `UserError` (65).
 */
export function refuseHeader(
  { cells, line }: CsvRow,
  { name, headerLine }: Pick<Table, 'name' | 'headerLine'>,
  key: ColumnMapping | undefined,
): void {
  if (key === undefined || headerLine === undefined) return;
  if (nameIn(cells[key.position] ?? '') !== nameIn(key.column)) return;
  if (!cells.filter((cell) => withoutBlanks(cell) !== '').every(mayBeName)) return;
  throw halfHeader(name, { line, headerLine, why: 'has not the same columns' });
}

function halfHeader(
  name: string,
  { line, headerLine, why }: { line: number; headerLine: number; why: string },
): UserError {
  return new UserError(
    'HALF_A_HEADER',
    EXIT.badInput,
    `${name}, line ${line}: this may be another header, but line ${headerLine} ${why}`,
    { hint: 'if files were joined, import each by itself, or give their columns the same names' },
  );
}

/** What may stand between the names of another header. */
const DELIMITERS = /[,;\t|]/;

/** How many cells there are but for empty ones at the end. */
function filledLength(cells: readonly string[]): number {
  return cells.findLastIndex((cell) => withoutBlanks(cell) !== '') + 1;
}

/** A column is not called like an address or a number. */
function mayBeName(cell: string): boolean {
  return /\p{L}/u.test(cell) && !cell.includes('@');
}
