import { toChannel } from '../contact/channels.ts';
import { wishColumn } from '../contact/consent.ts';
import { isNullWord } from '../contact/values.ts';
import {
  type FieldRow,
  type FieldType,
  type StagedSuppression,
  SUPPRESSION_REASONS,
  type SuppressionReason,
} from '../store/index.ts';
import { EXIT, UserError } from '../support/errors.ts';
import { counted } from '../support/text.ts';
import { CleanedCells } from './cleaned-cells.ts';
import { CellProblems, cellReader, cellText } from './cells.ts';
import type { ColumnMapping } from './column-mapping.ts';
import { mapColumns } from './columns.ts';
import { ConsentCells } from './consent/cells.ts';
import { findStatus, STATUS_EXAMPLES } from './consent/statuses.ts';
import { parseConsentTarget } from './consent/target.ts';
import type { DateColumns } from './date-columns.ts';
import type { ImportOptions } from './import-options.ts';
import { expectColumn, wishField } from './key.ts';
import { LEAVE_OUT, mapOptionText } from './map-option.ts';
import { type CheckedRow, type ImportPlan, tooLong } from './plan.ts';
import { readingOf } from './presets/find-preset.ts';
import type { KnownTable } from './presets/preset-table.ts';
import type { ColumnRule, Preset } from './presets/preset.ts';
import type { StoreFacts } from './store-facts.ts';
import { CONTACT_SYNONYMS } from './synonyms.ts';
import type { Table } from './table.ts';
import type { CsvRow } from './tokenizer.ts';
import { replacing } from './value-column.ts';

const ADDRESS = { alias: 'address', label: 'E-mail' };

const REASONS = ['Status', 'Statut', 'Email Status', 'Subscription Status', 'Contact Status'];

type Called = Pick<FieldRow, 'alias' | 'label'>;

/** The column of the values, where they are no addresses. */
function calledIn({ alias, label }: FieldRow): Called {
  return alias === 'email'
    ? { alias, label: 'Email address' }
    : { alias: wishColumn(alias), label };
}

/** What a list of values may have columns for. */
function targetsOf({ alias, label }: Called) {
  return {
    list: [
      ...(alias === 'email' ? [ADDRESS] : []),
      { alias, label },
      { alias: 'channel', label: 'Channel' },
      { alias: 'reason', label: 'Reason' },
      { alias: 'created_at', label: 'Since' },
    ],
    synonyms: { [alias]: CONTACT_SYNONYMS[alias] ?? [], reason: REASONS },
    consent: true,
  };
}

/**
 * The plan of a list of values of a unique field, addresses unless another is named, by which
 * nobody must be reached. Columns of consent say row by row whether that is so. `UserError`: see
 * `mapColumns` and `keyField`; the options say it of every row (2).
 */
export async function planSuppressions(
  { table, preset }: KnownTable,
  facts: StoreFacts,
  dates: DateColumns,
  options: ImportOptions,
): Promise<ImportPlan> {
  const field = wishField(facts.fields, options.key);
  const called = calledIn(field);
  const columns = mapColumns(table.header, targetsOf(called), {
    ...options,
    preset: wishesIn(preset, called.alias),
  });
  const value =
    columns.find((column) => column.field === called.alias) ??
    (field.alias === 'email'
      ? expectColumn(table, columns, ADDRESS, 'the address')
      : expectColumn(table, columns, called, `the key, \`${field.alias}\``));
  requireOneReason(columns, options);
  const channels = await facts.channels();
  const reader = new SuppressionReader(columns, { ...value, of: field }, channels, dates, options);
  return {
    shape: { kind: 'suppressions', key: field.alias },
    columns,
    keyColumn: value.column,
    dates,
    segmentIds: new Set(),
    cleaned: reader.cleaned,
    get notes() {
      return reader.notes;
    },
    check: (row) => reader.check(row, table),
  };
}

/** What a system's file of contacts says of their key; all else in it is left out. */
function wishesIn(preset: Preset | undefined, key: string): Preset | undefined {
  if (preset === undefined) return undefined;
  const isAbout = (to: string): boolean => to === key || parseConsentTarget(to) !== undefined;
  const only = (rule: ColumnRule): ColumnRule =>
    rule !== null && isAbout(readingOf(rule).to) ? rule : null;
  return {
    ...preset,
    columns: {
      ...Object.fromEntries(
        Object.entries(preset.columns).map(([column, rule]) => [column, only(rule)]),
      ),
      ...preset.list,
    },
    like: (preset.like ?? []).map(([pattern, rule]) => [pattern, only(rule)]),
  };
}

/** `UserError` (2): a reason for every row beside a column that says whether there is one. */
function requireOneReason(columns: readonly ColumnMapping[], { reason }: ImportOptions): void {
  const speaking = columns.find(({ consent }) => consent !== undefined);
  if (reason === undefined || speaking === undefined) return;
  const { column } = speaking;
  throw new UserError(
    'REASON_TWICE',
    EXIT.usage,
    `--reason suppresses every row, but \`${column}\` says which rows are to be suppressed`,
    {
      hint: `leave --reason out, or the column: ${mapOptionText([{ column, field: LEAVE_OUT }])}`,
    },
  );
}

interface Cell extends ColumnMapping {
  readonly read: ReturnType<typeof cellReader>;
}

/** The column of the values, and whose they are. */
interface WishColumn extends ColumnMapping {
  readonly of: FieldRow;
}

/** Turns rows of cells into suppressions of unique values. */
class SuppressionReader {
  readonly cleaned = new CleanedCells();
  /** How many good rows do not say that nobody must be reached. */
  #silent = 0;
  readonly #value: Cell;
  readonly #of: FieldRow;
  readonly #createdAt: Cell | undefined;
  readonly #channel: ColumnMapping | undefined;
  readonly #reason: ColumnMapping | undefined;
  readonly #channels: readonly string[];
  readonly #consent: ConsentCells;
  /** Of rows that name none; undefined where other columns say which rows have one. */
  readonly #usualReason: SuppressionReason | undefined;
  readonly #usualChannel: string | undefined;

  constructor(
    columns: readonly ColumnMapping[],
    value: WishColumn,
    channels: readonly string[],
    dates: DateColumns,
    options: ImportOptions,
  ) {
    const cellOf = (column: ColumnMapping, type: FieldType): Cell => ({
      ...column,
      read: cellReader({ type, options: [] }, dates.contextOf(column, type)),
    });
    const found = (alias: string): ColumnMapping | undefined =>
      columns.find(({ field }) => field === alias);
    const since = found('created_at');
    this.#value = cellOf(value, value.of.type);
    this.#of = value.of;
    this.#createdAt = since === undefined ? undefined : cellOf(since, 'datetime');
    this.#channel = found('channel');
    this.#reason = found('reason');
    this.#channels = channels;
    this.#consent = new ConsentCells(columns, channels, false);
    this.#usualReason = this.#consent.speaks ? undefined : (options.reason ?? 'manual');
    this.#usualChannel = options.channels?.[0];
  }

  get notes(): readonly string[] {
    const rows = counted(this.#silent, 'row');
    return this.#silent === 0
      ? []
      : [
          `nothing was lifted: ${rows} ${this.#silent === 1 ? 'says' : 'say'} of nobody that they ` +
            'must not be reached (suppressions:delete lifts what stands for an address)',
        ];
  }

  check(row: CsvRow, table: Table): CheckedRow {
    const problems = new CellProblems();
    const value = this.#read(this.#value, row, problems);
    const { column } = this.#value;
    const what = this.#of.alias === 'email' ? 'address' : this.#of.alias;
    if (!problems.found && value === null)
      problems.add({ column, words: `the ${what} is missing` });
    const createdAt =
      this.#createdAt === undefined ? null : this.#read(this.#createdAt, row, problems);
    const staged: StagedSuppression = {
      line: row.line,
      said: value ?? '',
      wishes: this.#wishesOf(row, problems),
      createdAt: typeof createdAt === 'number' ? createdAt : null,
    };
    // a row that is rejected says all the same of its value what can be read
    const wish = { line: row.line, key: value, others: [], wishes: staged.wishes };
    const long = tooLong(row, table);
    if (long !== undefined) return { kind: 'rejected', rejection: long, key: null, wish };
    if (problems.found) return problems.verdict({ key: null, wish });
    problems.countCleaned(this.cleaned);
    if (staged.wishes.length === 0) this.#silent += 1;
    return { kind: 'row', row: staged };
  }

  /** What the row says by its reason, and by its columns of consent. */
  #wishesOf(row: CsvRow, problems: CellProblems): StagedSuppression['wishes'] {
    const channel = this.#channelOf(row, problems);
    const reason = this.#reasonOf(row, problems);
    const channels = channel === undefined || channel === null ? undefined : [channel];
    const said = this.#consent.read(row.cells, problems, channels) ?? [];
    if (channel === null) return []; // nobody knows what it is about
    const wishes = [
      ...(reason === undefined ? [] : [{ channel: channel ?? 'email', reason }]),
      ...said,
    ];
    return this.#of.alias === 'email' ? wishes : this.#withoutBounces(wishes, problems);
  }

  /** A bounce is an address's own: of who has another value it says nothing. */
  #withoutBounces(
    wishes: StagedSuppression['wishes'],
    problems: CellProblems,
  ): StagedSuppression['wishes'] {
    const others = wishes.filter(
      ({ channel, reason }) => channel !== 'email' || reason !== 'bounced',
    );
    if (others.length < wishes.length)
      problems.add({
        ...{ column: this.#value.column, kind: 'bounceOfOther' },
        words: 'a bounce is of an e-mail address: import a list of addresses',
      });
    return others;
  }

  #read({ read, position, column }: Cell, { cells }: CsvRow, problems: CellProblems) {
    const found = problems.checkValue(read(cells[position] ?? ''), column, column);
    return typeof found === 'string' || typeof found === 'number' ? found : null;
  }

  /** Undefined where neither the row nor an option names one, null where it cannot be read. */
  #channelOf(row: CsvRow, problems: CellProblems): string | null | undefined {
    const text = textIn(this.#channel, row);
    if (this.#channel === undefined || text === '') return this.#usualChannel;
    const channel = toChannel(text);
    if (channel !== undefined && this.#channels.includes(channel)) return channel;
    problems.add({
      ...{ column: this.#channel.column, kind: 'notChannel' },
      words:
        `${text} is no channel here: write one of ${this.#channels.join(', ')}, ` +
        'or name it with --channel',
    });
    return null;
  }

  /** Undefined where the row does not say that its address must not be reached. */
  #reasonOf(row: CsvRow, problems: CellProblems): string | undefined {
    const text = textIn(this.#reason, row);
    if (this.#reason === undefined || text === '') return this.#usualReason;
    const reason = SUPPRESSION_REASONS.find((known) => known === text.toLowerCase());
    const status = reason ?? findStatus(text);
    // rule: reachable-nothing
    if (status !== undefined) return status === 'reachable' ? undefined : status;
    problems.add({
      ...{ column: this.#reason.column, kind: 'notReason' },
      words:
        `${text} is no reason: write ${SUPPRESSION_REASONS.join(', ')}, or a status ` +
        `(${STATUS_EXAMPLES})`,
    });
    return undefined;
  }
}

/** A cell without blanks around it; NULL is one that is empty, for a list clears nothing. */
function textIn(column: ColumnMapping | undefined, { cells }: CsvRow): string {
  const read = replacing(column?.reading, cellText);
  const text = read(cells[column?.position ?? -1] ?? '');
  return isNullWord(text) ? '' : text;
}
