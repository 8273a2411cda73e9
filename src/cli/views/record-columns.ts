import { type FilledField, type PlainValue, plainValue } from '../../contact/plain-values.ts';
import type { FieldRow, FieldType, RecordRow } from '../../store/index.ts';
import { formatInstant } from '../../support/instant.ts';
import type { WriteInstant } from '../../support/local-instant.ts';
import { splitGraphemes } from '../../support/width.ts';
import { toVisibleText } from '../output/cells.ts';
import type { CellKind, Column } from '../output/result.ts';

/** The columns of a list of contacts or companies: one a field, under its alias. */
export function recordColumns(fields: readonly FieldRow[]): Column<RecordRow>[] {
  return fields.map((field) => ({
    key: field.alias,
    header: field.alias,
    kind: cellKind(field.type),
    ...fitOf(field),
    of: (row) => plainValue(field.type, row[field.alias] ?? null),
  }));
}

/** Columns that were named, if they were: none of them is left out on a narrow terminal. */
export function asChosen<Row>(
  columns: readonly Column<Row>[],
  names: readonly string[] | undefined,
): readonly Column<Row>[] {
  if (names === undefined) return columns;
  return columns.map((column) => ({ ...column, importance: 'chosen' }));
}

/** What names a record is typed back; a part of a date says another one. */
function fitOf({ unique, type }: FieldRow): Pick<Column<RecordRow>, 'fit'> {
  if (unique) return { fit: 'key' };
  return type === 'date' ? { fit: 'whole' } : {};
}

/** How a value of a field of this type is shown. */
export function cellKind(type: FieldType): CellKind {
  switch (type) {
    case 'number':
    case 'boolean':
      return type;
    case 'datetime':
      return 'instant';
    case 'multiselect':
    case 'tags':
      return 'list';
    default:
      return 'text';
  }
}

/** The values of one record for programs, by alias; instants as RFC 3339 text. */
export function filledData(fields: readonly FilledField[]): Record<string, unknown> {
  return Object.fromEntries(
    fields.map(({ field, value }) => [field.alias, plainData(field.type, value)]),
  );
}

/** A value for programs: instants as RFC 3339 text. */
export function plainData(type: FieldType, value: PlainValue): PlainValue {
  return type === 'datetime' && typeof value === 'number' ? formatInstant(value) : value;
}

/** The values of one record for people: name and value. */
export function filledPairs(
  fields: readonly FilledField[],
  instant: WriteInstant,
): [string, string][] {
  return fields.map(({ field, value }) => [
    field.alias,
    toVisibleText(value, { kind: cellKind(field.type) }, instant),
  ]);
}

/** Pairs as lines, the second part in one column, indented by two. */
export function alignedLines(pairs: readonly (readonly [string, string])[]): string[] {
  const widths = pairs.map(([name]) =>
    splitGraphemes(name).reduce((sum, grapheme) => sum + grapheme.width, 0),
  );
  const widest = Math.max(0, ...widths);
  return pairs.map(
    ([name, value], index) => `  ${name}${' '.repeat(widest - (widths[index] ?? 0))}  ${value}`,
  );
}
