import {
  CLEAR,
  type FieldRow,
  type FieldType,
  type StagedValue,
  type Value,
} from '../store/index.ts';
import { formatInstant } from '../support/instant.ts';
import { assertNever } from '../support/errors.ts';
import { numberText } from '../support/exact-number.ts';
import { optionFinder, parseMultiselect } from './values/choices.ts';
import { type DateContext, parseDate, parseDatetime } from './values/dates.ts';
import { parseBoolean, parseNumber } from './values/numbers.ts';
import { isProblem, type ValueProblem } from './values/problem.ts';
import { parseEmail, parsePhone, parseText, parseUrl } from './values/texts.ts';

export { isTagName, parseTags, type TagChange } from './values/choices.ts';
export { type DateFormat, type DateOrder, parseDateFormat } from './values/date-format.ts';
export { type DateContext, dateOrderEvidence, parseDatetime } from './values/dates.ts';
export { parseBoolean } from './values/numbers.ts';
export { describeProblem, excerpt, isProblem, type ValueProblem } from './values/problem.ts';

/** The word that clears a value, in a cell and in `--set`. */
export const NULL_WORD = 'NULL';

/**
 * Reads a text as a value of one field: null means "leave it as it is", `CLEAR` means "remove it".
 */
export type ValueReader = (text: string) => StagedValue | ValueProblem;

type ReadableField = Pick<FieldRow, 'type' | 'options'>;

/**
 * The reader of a field's values. An empty text leaves the value as it is; so do mere blanks,
 * except in a text field. The word NULL clears the value. Tags have their own reader: `parseTags`.
 */
export function valueReader(field: ReadableField, context: DateContext): ValueReader {
  const parse = valueParser(field, context);
  const blanksCount = field.type === 'text';
  return (text) => {
    if (text === '' || (!blanksCount && text.trim() === '')) return null;
    return text === NULL_WORD ? CLEAR : parse(text);
  };
}

/** Reads one value. */
export function readValue(
  field: ReadableField,
  text: string,
  context: DateContext,
): StagedValue | ValueProblem {
  return valueReader(field, context)(text);
}

/** Like `valueReader`, but every text is a value: NULL is an ordinary word. */
export function valueParser(
  { type, options }: ReadableField,
  context: DateContext,
): (text: string) => Exclude<Value, null> | ValueProblem {
  switch (type) {
    case 'text':
      return parseText;
    case 'number':
      return parseNumber;
    case 'boolean':
      return parseBoolean;
    case 'date':
      return (text) => parseDate(text, context);
    case 'datetime':
      return (text) => parseDatetime(text, context);
    case 'email':
      return parseEmail;
    case 'url':
      return parseUrl;
    case 'phone':
      return parsePhone;
    case 'select':
      return optionFinder(options);
    case 'multiselect': {
      const find = optionFinder(options);
      return (text) => parseMultiselect(text, options, find);
    }
    case 'tags':
      throw new Error('tags are read by parseTags');
    default:
      return assertNever(type);
  }
}

/**
 * A stored value as text that reads back as the same value: numbers in their shortest form, true
 * and false, RFC 3339 in UTC, `a|b`.
 */
export function formatValue(type: FieldType, value: Value): string {
  if (value === null) return '';
  if (typeof value === 'string')
    return type === 'multiselect' ? value.replace(/^\||\|$/g, '') : value;
  if (type === 'boolean') return value === 0 ? 'false' : 'true';
  return type === 'datetime' ? formatInstant(value) : numberText(value);
}

/** Whether a reader returned a value to store. */
export function isValue(found: StagedValue | ValueProblem): found is Exclude<Value, null> {
  return found !== null && found !== CLEAR && !isProblem(found);
}
