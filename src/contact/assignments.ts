import {
  CLEAR,
  type FieldRow,
  type NewRecord,
  type RecordKind,
  type Value,
} from '../store/index.ts';
import { EXIT, UserError } from '../support/errors.ts';
import { getField } from './fields.ts';
import { valueHint } from './value-hint.ts';
import { describeProblem, isProblem, NULL_WORD, readValue } from './values.ts';

/** `field=value`, as typed. */
export interface Assignment {
  readonly name: string;
  readonly value: string;
}

/**
 * The values that assignments set, by alias; null clears. A contact's `company` is its company's
 * name. `UserError` (2): a field that is unknown, assigned twice or only written by the store; a
 * value that is empty or not of the field's type.
 */
export function readAssignments(
  assignments: readonly Assignment[],
  object: RecordKind,
  fields: readonly FieldRow[],
  zone: string,
): NewRecord {
  const values: Record<string, Value> = {};
  for (const { name, value } of assignments) {
    const field = getField(fields, object, name);
    checkWritable(field);
    if (Object.hasOwn(values, field.alias))
      throw usage('TWICE', `\`${field.alias}\` is set twice`, 'set it once');
    values[field.alias] = assignedValue(field, value, zone);
  }
  return values;
}

function checkWritable(field: FieldRow): void {
  if (field.type === 'tags')
    throw usage(
      'NOT_WRITABLE',
      '`tags` cannot be set',
      'use contacts:tag and contacts:untag, or --tag',
    );
  if (field.origin === 'kept')
    throw usage(
      'NOT_WRITABLE',
      `\`${field.alias}\` cannot be set: the store keeps it`,
      '`rollcall fields:list` shows which are standard or custom: these can be set',
    );
}

function assignedValue(field: FieldRow, text: string, zone: string): Value {
  const value = readValue(field, text, { zone });
  if (value === CLEAR) return null;
  if (value === null)
    throw usage(
      'EMPTY_VALUE',
      `\`${field.alias}\` is set to nothing`,
      `to clear it: --set ${field.alias}=${NULL_WORD}`,
    );
  if (isProblem(value))
    throw usage('BAD_VALUE', describeProblem(field.alias, value), valueHint(field, value));
  return value;
}

function usage(code: string, message: string, hint: string): UserError {
  return new UserError(code, EXIT.usage, message, { hint });
}
