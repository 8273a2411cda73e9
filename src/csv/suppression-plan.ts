import { toChannel } from '../contact/consent.ts';
import { isValue } from '../contact/values.ts';
import {
  type StagedSuppression,
  SUPPRESSION_REASONS,
  type SuppressionReason,
} from '../store/index.ts';
import { counted } from '../support/text.ts';
import { CleanedCells } from './cleaned-cells.ts';
import { CellProblems, cellReader, cellText } from './cells.ts';
import type { ColumnMapping } from './column-mapping.ts';
import { mapColumns } from './columns.ts';
import { findStatus, STATUS_EXAMPLES } from './consent/statuses.ts';
import type { DateColumns } from './date-columns.ts';
import type { ImportOptions } from './import-options.ts';
import { expectColumn } from './key.ts';
import { type CheckedRow, type ImportPlan, tooLong } from './plan.ts';
import type { StoreFacts } from './store-facts.ts';
import { CONTACT_SYNONYMS } from './synonyms.ts';
import type { Table } from './table.ts';
import type { CsvRow } from './tokenizer.ts';

const ADDRESS = { alias: 'address', label: 'E-mail' };
const TARGETS = {
  list: [
    ADDRESS,
    { alias: 'email', label: 'Email address' },
    { alias: 'channel', label: 'Channel' },
    { alias: 'reason', label: 'Reason' },
    { alias: 'created_at', label: 'Since' },
  ],
  synonyms: {
    email: CONTACT_SYNONYMS['email'] ?? [],
    reason: ['Status', 'Statut', 'Email Status', 'Subscription Status', 'Contact Status'],
  },
};

/** The plan of a list of addresses that must not be reached. `UserError`: see `mapColumns`. */
export async function planSuppressions(
  table: Table,
  facts: StoreFacts,
  dates: DateColumns,
  options: ImportOptions,
): Promise<ImportPlan> {
  const columns = mapColumns(table.header, TARGETS, { ...options, preset: undefined });
  const address =
    columns.find(({ field }) => field === 'email') ??
    expectColumn(table, columns, ADDRESS, 'the address');
  const reader = new SuppressionReader(columns, address, await facts.channels(), dates, options);
  return {
    shape: { kind: 'suppressions', key: 'address' },
    columns,
    keyColumn: address.column,
    dates,
    segmentIds: new Set(),
    cleaned: reader.cleaned,
    get notes() {
      return reader.notes;
    },
    check: (row) => reader.check(row, table),
  };
}

interface Cell extends ColumnMapping {
  readonly read: ReturnType<typeof cellReader>;
}

/** Turns rows of cells into suppressions of addresses. */
class SuppressionReader {
  readonly cleaned = new CleanedCells();
  /** How many good rows say that their address can be reached. */
  #reachable = 0;
  readonly #address: Cell;
  readonly #createdAt: Cell | undefined;
  readonly #channel: ColumnMapping | undefined;
  readonly #reason: ColumnMapping | undefined;
  readonly #channels: readonly string[];
  readonly #usual: { readonly channel: string; readonly reason: SuppressionReason };

  constructor(
    columns: readonly ColumnMapping[],
    address: ColumnMapping,
    channels: readonly string[],
    dates: DateColumns,
    options: ImportOptions,
  ) {
    const cellOf = (column: ColumnMapping, type: 'email' | 'datetime'): Cell => ({
      ...column,
      read: cellReader({ type, options: [] }, dates.contextOf(column, type)),
    });
    const found = (alias: string): ColumnMapping | undefined =>
      columns.find(({ field }) => field === alias);
    const since = found('created_at');
    this.#address = cellOf(address, 'email');
    this.#createdAt = since === undefined ? undefined : cellOf(since, 'datetime');
    this.#channel = found('channel');
    this.#reason = found('reason');
    this.#channels = channels;
    this.#usual = {
      channel: options.channels?.[0] ?? 'email',
      reason: options.reason ?? 'manual',
    };
  }

  get notes(): readonly string[] {
    const rows = counted(this.#reachable, 'row');
    return this.#reachable === 0
      ? []
      : [
          `nothing was lifted: ${rows} ${this.#reachable === 1 ? 'says' : 'say'} that an address can be ` +
            'reached (suppressions:delete lifts what stands for one)',
        ];
  }

  check(row: CsvRow, table: Table): CheckedRow {
    const long = tooLong(row, table);
    if (long !== undefined) return { kind: 'rejected', rejection: long, key: null };
    const problems = new CellProblems();
    const address = this.#read(this.#address, row, problems);
    if (!problems.found && typeof address !== 'string')
      problems.add({ column: this.#address.column, words: 'the address is missing' });
    const createdAt =
      this.#createdAt === undefined ? null : this.#read(this.#createdAt, row, problems);
    const staged: StagedSuppression = {
      line: row.line,
      address: String(address),
      channel: this.#channelOf(row, problems),
      reason: this.#reasonOf(row, problems),
      createdAt: typeof createdAt === 'number' ? createdAt : null,
    };
    if (problems.found) return problems.verdict(null);
    problems.countCleaned(this.cleaned);
    if (staged.reason === null) this.#reachable += 1;
    return { kind: 'row', row: staged };
  }

  #read({ read, position, column }: Cell, { cells }: CsvRow, problems: CellProblems) {
    const found = problems.checkValue(read(cells[position] ?? ''), column, column);
    return isValue(found) ? found : null;
  }

  #channelOf({ cells }: CsvRow, problems: CellProblems): string {
    const text = cells[this.#channel?.position ?? -1]?.trim() ?? '';
    if (this.#channel === undefined || text === '') return this.#usual.channel;
    const channel = toChannel(text);
    if (channel !== undefined && this.#channels.includes(channel)) return channel;
    problems.add({
      ...{ column: this.#channel.column, kind: 'notChannel' },
      words:
        `${text} is no channel here: write one of ${this.#channels.join(', ')}, ` +
        'or name it with --channel',
    });
    return '';
  }

  /** Null where the row says that its address can be reached. */
  #reasonOf({ cells }: CsvRow, problems: CellProblems): string | null {
    const text = cellText(cells[this.#reason?.position ?? -1] ?? '');
    if (this.#reason === undefined || text === '') return this.#usual.reason;
    const reason = SUPPRESSION_REASONS.find((known) => known === text.toLowerCase());
    const status = reason ?? findStatus(text);
    // rule: reachable-nothing
    if (status !== undefined) return status === 'reachable' ? null : status;
    problems.add({
      ...{ column: this.#reason.column, kind: 'notReason' },
      words:
        `${text} is no reason: write ${SUPPRESSION_REASONS.join(', ')}, or a status ` +
        `(${STATUS_EXAMPLES})`,
    });
    return '';
  }
}
