import {
  type DateContext,
  type DateFormat,
  dateOrderEvidence,
  parseDateFormat,
} from '../contact/values.ts';
import type { FieldType } from '../store/index.ts';
import { EXIT, UserError } from '../support/errors.ts';
import type { ColumnMapping } from './column-mapping.ts';
import { positionsOf } from './column-names.ts';
import type { Table } from './table.ts';

interface DateColumn {
  readonly position: number;
  readonly column: string;
  readonly context: { readonly zone: string; dateFormat: DateFormat | undefined };
  /** The first line with each kind of evidence. */
  readonly lines: Partial<Record<'DMY' | 'MDY' | 'either', number>>;
}

/** The formats that the user gives: for all columns, and for some by position. */
export interface GivenFormats {
  readonly ofAll: DateFormat | undefined;
  readonly byPosition: ReadonlyMap<number, DateFormat>;
}

/**
 * Reads `FORMAT` and `COLUMN=FORMAT`; of several for the same, the last counts. `UserError` (2): no
 * format, or no such column.
 */
export function givenFormats(header: readonly string[], texts: readonly string[]): GivenFormats {
  let ofAll: DateFormat | undefined;
  const byPosition = new Map<number, DateFormat>();
  for (const text of texts) {
    const at = text.lastIndexOf('=');
    const format = parseDateFormat(text.slice(at + 1));
    if (at === -1) ofAll = format;
    else
      for (const position of positionsOf(header, text.slice(0, at), '--date-format'))
        byPosition.set(position, format);
  }
  return { ofAll, byPosition };
}

/**
 * How the dates of each column are read. Unless the user says it, a value such as 31/12/2020
 * decides for its whole column. To find one, the file is read again, but only after a date that can
 * be read in two ways.
 */
export class DateColumns {
  readonly #columns: DateColumn[] = [];
  readonly #zone: string;
  readonly #given: GivenFormats;
  /** Whether nothing more can be found out. */
  settled: boolean;

  constructor(zone: string, given: GivenFormats) {
    this.#zone = zone;
    this.#given = given;
    this.settled = given.ofAll !== undefined;
  }

  /**
   * The context to read this column with; it changes when the order of its dates is decided. Only
   * columns of dates and instants have one to decide.
   */
  contextOf(
    { position, column }: Pick<ColumnMapping, 'position' | 'column'>,
    type: FieldType,
  ): DateContext {
    if (type !== 'date' && type !== 'datetime') return { zone: this.#zone };
    const dateFormat = this.#given.byPosition.get(position) ?? this.#given.ofAll;
    const context = { zone: this.#zone, dateFormat };
    this.#columns.push({ position, column, context, lines: {} });
    return context;
  }

  /** `UserError` (2) when a format was given for a column that is not read as dates. */
  requireAllUsed(header: readonly string[]): void {
    const read = new Set(this.#columns.map(({ position }) => position));
    for (const position of this.#given.byPosition.keys()) {
      if (read.has(position)) continue;
      throw new UserError(
        'NOT_A_DATE',
        EXIT.usage,
        `--date-format names the column \`${header[position] ?? ''}\`, which is not read as a date`,
        { hint: 'leave it out, or --map the column to a field of dates' },
      );
    }
  }

  /**
   * Decides the order for every column. `UserError` (65) when nothing in a column shows how to read
   * its dates.
   */
  async settle(table: Table): Promise<void> {
    for await (const rows of table.batches()) {
      for (const row of rows) {
        for (const { position, context, lines } of this.#columns) {
          if (context.dateFormat !== undefined) continue;
          const says = dateOrderEvidence(row.cells[position] ?? '');
          if (says !== undefined) lines[says] ??= row.line;
        }
      }
    }
    for (const column of this.#columns) settleColumn(column);
    this.settled = true;
  }
}

function settleColumn({ column, context, lines }: DateColumn): void {
  const { DMY: dayFirst, MDY: monthFirst, either } = lines;
  if (either === undefined) return;
  if ((dayFirst === undefined) === (monthFirst === undefined)) {
    const why =
      dayFirst === undefined || monthFirst === undefined
        ? `can all be read day first or month first (line ${either})`
        : `are written day first (line ${dayFirst}) and month first (line ${monthFirst})`;
    throw new UserError(
      'AMBIGUOUS_DATES',
      EXIT.badInput,
      `the dates in the column \`${column}\` ${why}`,
      { hint: 'say how to read them: --date-format DMY or --date-format MDY' },
    );
  }
  context.dateFormat = { kind: 'order', order: dayFirst === undefined ? 'MDY' : 'DMY' };
}
