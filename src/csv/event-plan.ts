import { isEventType } from '../contact/events.ts';
import { excerpt, isValue } from '../contact/values.ts';
import {
  CLEAR,
  type FieldRow,
  type FieldType,
  type StagedEvent,
  type StagedValue,
} from '../store/index.ts';
import { withoutBlanks } from '../support/blanks.ts';
import { toNfc } from '../support/text.ts';
import { CellProblems, cellReader, cellText } from './cells.ts';
import { CleanedCells } from './cleaned-cells.ts';
import type { ColumnMapping } from './column-mapping.ts';
import { mapColumns } from './columns.ts';
import type { DateColumns } from './date-columns.ts';
import { isOwnTarget, OWN_TARGETS, type OwnTarget, PROPERTY } from './event-columns.ts';
import type { Targets } from './find-target.ts';
import type { ImportOptions } from './import-options.ts';
import { expectColumn, keyField } from './key.ts';
import { type CheckedRow, type ImportPlan, tooLong } from './plan.ts';
import { EVENT_SYNONYMS } from './synonyms.ts';
import type { Table } from './table.ts';
import type { CsvRow } from './tokenizer.ts';

const TYPE_OF: Readonly<Record<Exclude<OwnTarget, 'contact'>, FieldType>> = {
  type: 'text',
  subject: 'text',
  value: 'number',
  occurred_at: 'datetime',
  id: 'text',
};

/** The plan of an events file. `UserError`: see `mapColumns`, `keyField`, `expectColumn`. */
export async function planEvents(
  table: Table,
  fields: readonly FieldRow[],
  dates: DateColumns,
  options: ImportOptions,
): Promise<ImportPlan> {
  const columns = mapColumns(table.header, eventTargets(fields), {
    map: options.map,
    ignore: options.ignore,
    set: options.set,
  });
  const contactColumn = findContactColumn(table, columns, fields, options.key);
  const key = await contactKey(table, contactColumn, fields, options.key);
  for (const alias of ['type', 'occurred_at'] as const)
    expectColumn(table, columns, { alias, label: alias }, `the event's \`${alias}\``);
  const reader = new EventReader(columns, contactColumn, key, dates, options);
  return {
    shape: { kind: 'events', key: key.alias },
    columns,
    keyColumn: contactColumn.column,
    dates,
    segmentIds: new Set(),
    cleaned: reader.cleaned,
    check: (row) => reader.check(row, table),
  };
}

/**
 * The targets of an events file. A unique field of contacts may replace `contact`, but `id` is the
 * event's own.
 */
function eventTargets(fields: readonly FieldRow[]): Targets {
  const own = OWN_TARGETS.map((alias) => ({ alias, label: alias }));
  return {
    list: [...own, ...uniqueFields(fields).map(({ alias, label }) => ({ alias, label }))],
    prefix: PROPERTY,
    synonyms: EVENT_SYNONYMS,
  };
}

function uniqueFields(fields: readonly FieldRow[]): FieldRow[] {
  return fields.filter(
    (field) => field.object === 'contact' && field.unique && !isOwnTarget(field.alias),
  );
}

/**
 * The column that names the contact: that of the key option, else `contact`, else the first unique
 * field. A field that is called like a column of events has `contact` alone.
 */
function findContactColumn(
  table: Table,
  columns: readonly ColumnMapping[],
  fields: readonly FieldRow[],
  given: string | undefined,
): ColumnMapping {
  const key = given === undefined ? undefined : keyField(fields, 'contact', given).alias;
  const aliases = [
    ...(key === undefined || isOwnTarget(key) ? [] : [key]),
    'contact',
    ...uniqueFields(fields).map((field) => field.alias),
  ];
  const found = aliases.flatMap((alias) => columns.filter((column) => column.field === alias))[0];
  return (
    found ?? expectColumn(table, columns, { alias: 'contact', label: 'E-mail' }, 'the contact')
  );
}

/**
 * What the contact column holds: the field that it is named after; for `contact`, the key option,
 * else ids or addresses.
 */
async function contactKey(
  table: Table,
  column: ColumnMapping,
  fields: readonly FieldRow[],
  given: string | undefined,
): Promise<FieldRow> {
  if (column.field !== 'contact') return keyField(fields, 'contact', column.field ?? '');
  if (given !== undefined) return keyField(fields, 'contact', given);
  for await (const rows of table.batches()) {
    const first = rows
      .map((row) => cellText(row.cells[column.position] ?? ''))
      .find((cell) => cell !== '');
    if (first !== undefined)
      return keyField(fields, 'contact', /^\d+$/.test(first) ? 'id' : 'email');
  }
  return keyField(fields, 'contact', 'email');
}

const TEXT = { type: 'text', options: [] } as const;

interface Cell extends ColumnMapping {
  readonly read: ReturnType<typeof cellReader>;
}

/** Turns rows of cells into events. */
class EventReader {
  readonly cleaned = new CleanedCells();
  readonly #contact: Cell;
  readonly #contactLabel: string;
  readonly #own: ReadonlyMap<string, Cell>;
  readonly #properties: readonly (Cell & { readonly name: string })[];

  constructor(
    columns: readonly ColumnMapping[],
    contact: ColumnMapping,
    key: FieldRow,
    dates: DateColumns,
    { keepBlanks = false }: ImportOptions,
  ) {
    const cellOf = (column: ColumnMapping, type: Pick<FieldRow, 'type' | 'options'>): Cell => ({
      ...column,
      read: cellReader(type, dates.contextOf(column, type.type), keepBlanks),
    });
    this.#contact = cellOf(contact, key);
    this.#contactLabel = key.label;
    this.#own = new Map(
      Object.entries(TYPE_OF).flatMap(([alias, type]) =>
        columns
          .filter((column) => column.field === alias)
          .map((column) => [alias, cellOf(column, { type, options: [] })]),
      ),
    );
    this.#properties = columns.flatMap((column) =>
      column.field?.startsWith(PROPERTY) === true
        ? [{ ...cellOf(column, TEXT), name: toNfc(column.field.slice(PROPERTY.length)) }]
        : [],
    );
  }

  check(row: CsvRow, table: Table): CheckedRow {
    const long = tooLong(row, table);
    if (long !== undefined) return { kind: 'rejected', rejection: long, key: null };
    const problems = new CellProblems();
    const event = this.#read(row, problems);
    if (problems.found) return problems.verdict({ key: null });
    problems.countCleaned(this.cleaned);
    return { kind: 'row', row: event };
  }

  #read(row: CsvRow, problems: CellProblems): StagedEvent {
    const contact = problems.checkValue(
      this.#contact.read(row.cells[this.#contact.position] ?? ''),
      this.#contact.column,
      this.#contactLabel,
    );
    const occurredAt = this.#value('occurred_at', row, problems);
    const event = {
      line: row.line,
      contact: contact === CLEAR ? null : contact,
      type: withoutBlanks(text(this.#value('type', row, problems)) ?? ''),
      subject: text(this.#value('subject', row, problems)),
      value: number(this.#value('value', row, problems)),
      occurredAt: number(occurredAt) ?? 0,
      properties: this.#propertiesOf(row, problems),
      externalId: text(this.#value('id', row, problems)),
    };
    if (!problems.found) this.#requireWhole(event, isValue(occurredAt), problems);
    return event;
  }

  /** Records a problem if the contact, the type or the instant is missing. */
  #requireWhole(event: StagedEvent, hasInstant: boolean, problems: CellProblems): void {
    const columnOf = (alias: OwnTarget): string => this.#own.get(alias)?.column ?? '';
    if (event.contact === null)
      problems.add({
        ...{ column: this.#contact.column, label: this.#contactLabel },
        words: 'the contact is not named',
      });
    if (!isEventType(event.type))
      problems.add({
        ...{ column: columnOf('type'), label: 'type', kind: 'notEventType' },
        words:
          `\`${excerpt(event.type)}\` is not an event type: ` +
          'write dotted words, such as page.hit',
      });
    if (!hasInstant)
      problems.add({
        ...{ column: columnOf('occurred_at'), label: 'occurred_at' },
        words: 'the instant is missing',
      });
  }

  #value(alias: OwnTarget, { cells }: CsvRow, problems: CellProblems): StagedValue {
    const cell = this.#own.get(alias);
    return cell === undefined
      ? null
      : problems.checkValue(cell.read(cells[cell.position] ?? ''), cell.column, alias);
  }

  /** The properties as a flat JSON object with sorted keys; null when none has a value. */
  #propertiesOf({ cells }: CsvRow, problems: CellProblems): string | null {
    const entries: [string, string][] = [];
    for (const { position, column, name, read } of this.#properties) {
      const value = text(problems.checkValue(read(cells[position] ?? ''), column, column));
      if (value !== null) entries.push([name, value]);
    }
    entries.sort(([a], [b]) => (a < b ? -1 : 1));
    return entries.length === 0 ? null : JSON.stringify(Object.fromEntries(entries));
  }
}

function text(value: StagedValue): string | null {
  return typeof value === 'string' ? value : null;
}

function number(value: StagedValue): number | null {
  return typeof value === 'number' ? value : null;
}
