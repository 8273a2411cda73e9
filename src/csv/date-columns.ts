import { type DateContext, type DateFormat, dateOrderEvidence } from '../contact/values.ts';
import { EXIT, UserError } from '../support/errors.ts';
import type { Table } from './table.ts';

interface DateColumn {
  readonly position: number;
  readonly column: string;
  readonly context: { readonly zone: string; dateFormat: DateFormat | undefined };
  /** The first line with each kind of evidence. */
  readonly lines: Partial<Record<'DMY' | 'MDY' | 'either', number>>;
}

/**
 * How the dates of each column are read. Unless the user says it, a value such as 31/12/2020
 * decides for its whole column. To find one, the file is read again, but only after a date that can
 * be read in two ways.
 */
export class DateColumns {
  readonly #columns: DateColumn[] = [];
  readonly #zone: string;
  readonly #given: DateFormat | undefined;
  /** Whether nothing more can be found out. */
  settled: boolean;

  constructor(zone: string, given: DateFormat | undefined) {
    this.#zone = zone;
    this.#given = given;
    this.settled = given !== undefined;
  }

  /** The context to read this column with; it changes when the order of its dates is decided. */
  contextOf(position: number, column: string): DateContext {
    const context = { zone: this.#zone, dateFormat: this.#given };
    this.#columns.push({ position, column, context, lines: {} });
    return context;
  }

  /**
   * Decides the order for every column. `UserError` (65) when nothing in a column shows how to read
   * its dates.
   */
  async settle(table: Table): Promise<void> {
    for await (const rows of table.batches()) {
      for (const row of rows) {
        for (const { position, lines } of this.#columns) {
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
