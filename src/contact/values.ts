import {
  CLEAR,
  type FieldRow,
  type FieldType,
  type StagedValue,
  type Value,
} from '../store/index.ts';
import { withoutBlanks } from '../support/blanks.ts';
import { formatInstant } from '../support/instant.ts';
import type { WriteInstant } from '../support/local-instant.ts';
import { assertNever } from '../support/errors.ts';
import { numberText } from '../support/exact-number.ts';
import { parseBoolean } from './values/booleans.ts';
import { optionFinder, parseMultiselect } from './values/choices.ts';
import { type Cleaned, isCleaned } from './values/cleaned.ts';
import { type DateContext, isNoDate, parseDate, parseDatetime } from './values/dates.ts';
import { parseEmail, readEmail } from './values/emails.ts';
import { parseNumber, readNumber } from './values/numbers.ts';
import { parsePhone, readPhone } from './values/phones.ts';
import { isProblem, type ValueProblem } from './values/problem.ts';
import { parseText, parseUrl } from './values/texts.ts';

export { parseBoolean } from './values/booleans.ts';
export { isTagName, parseTags, type TagChange } from './values/choices.ts';
export { type Cleaned, isCleaned, type Wrapping } from './values/cleaned.ts';
export { type DateFormat, type DateOrder, parseDateFormat } from './values/date-format.ts';
export {
  type DateContext,
  dateOrderEvidence,
  isNoDate,
  parseDate,
  parseDatetime,
} from './values/dates.ts';
export { parseEmail } from './values/emails.ts';
export { readNumber } from './values/numbers.ts';
export { parsePhone } from './values/phones.ts';
export { parseUrl } from './values/texts.ts';
export {
  describeProblem,
  excerpt,
  isProblem,
  problemInWords,
  type ValueProblem,
} from './values/problem.ts';

/** The word that clears a value, in a cell and in `--set`; `\N` does too, as databases write it. */
export const NULL_WORD = 'NULL';

export function isNullWord(text: string): boolean {
  return text === NULL_WORD || text === '\\N';
}

/**
 * Reads a text, without blanks around it, as a value of one field: null means "leave it as it is",
 * `CLEAR` means "remove it".
 */
export type ValueReader = (text: string) => StagedValue | Cleaned | ValueProblem;
/** Reads a text that is nothing but a value. */
type ValueParser = (text: string) => Exclude<Value, null> | Cleaned | ValueProblem;

type ReadableField = Pick<FieldRow, 'type' | 'options'>;

/**
 * The reader of a field's values. An empty text leaves the value as it is, and so does a date that
 * is all zeros. The words NULL and `\N` clear the value. What stands around numbers, phone numbers
 * and addresses goes. Tags have their own reader: `parseTags`.
 */
export function valueReader(field: ReadableField, context: DateContext): ValueReader {
  const parse = lenientParser(field, context);
  const isNothing =
    field.type === 'date' || field.type === 'datetime' ? isNoDate : (text: string) => text === '';
  return (text) => {
    if (text === '' || isNothing(text)) return null;
    return isNullWord(text) ? CLEAR : parse(text);
  };
}

/** Reads one value, as people type it; blanks around it do not count. */
export function readValue(
  field: ReadableField,
  text: string,
  context: DateContext,
): StagedValue | ValueProblem {
  const found = valueReader(field, context)(withoutBlanks(text));
  return isCleaned(found) ? found.value : found;
}

function lenientParser(field: ReadableField, context: DateContext): ValueParser {
  switch (field.type) {
    case 'number':
      return readNumber;
    case 'email':
      return readEmail;
    case 'phone':
      return readPhone;
    default:
      return valueParser(field, context);
  }
}

/** Like `valueReader`, but every text is a value, all of it: NULL is an ordinary word. */
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
  return typeof value === 'string' ? textFormatter(type)(value) : numberFormatter(type)(value);
}

/** What writes those values of a type that are stored as texts. */
export function textFormatter(type: FieldType): (value: string) => string {
  if (type !== 'multiselect') return (value) => value;
  return (value) => value.replace(/^\||\|$/g, '');
}

/** The same for values that are stored as numbers; `instant` writes instants. */
export function numberFormatter(
  type: FieldType,
  instant: WriteInstant = formatInstant,
): (value: number) => string {
  if (type === 'boolean') return (value) => (value === 0 ? 'false' : 'true');
  return type === 'datetime' ? instant : numberText;
}

/** Whether a reader returned a value to store. */
export function isValue(found: StagedValue | ValueProblem): found is Exclude<Value, null> {
  return found !== null && found !== CLEAR && !isProblem(found);
}
