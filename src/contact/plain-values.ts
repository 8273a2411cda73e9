import type { FieldRow, FieldType, RecordRow, Value } from '../store/index.ts';

/**
 * A value as programs expect it: booleans as true and false, options as lists; instants stay epoch
 * milliseconds.
 */
export type PlainValue = string | number | boolean | null | readonly string[];

/** A stored value as a plain one. */
export function plainValue(type: FieldType, value: Value): PlainValue {
  switch (type) {
    case 'boolean':
      return value === null ? null : value !== 0;
    case 'multiselect':
    case 'tags':
      return splitList(value);
    default:
      return value;
  }
}

/** `|a|b|`, as options are stored, and `a|b`, as tags are listed. */
export function splitList(value: Value): readonly string[] {
  return typeof value === 'string' ? value.split('|').filter((part) => part !== '') : [];
}

/** A field of one record and its value. */
export interface FilledField {
  readonly field: FieldRow;
  readonly value: PlainValue;
}

/** The fields in which the record has a value. */
export function filledFields(fields: readonly FieldRow[], row: RecordRow): FilledField[] {
  return fields.flatMap((field) => {
    const stored = row[field.alias] ?? null;
    return stored === null || stored === ''
      ? []
      : [{ field, value: plainValue(field.type, stored) }];
  });
}
