import { assertNever } from '../../support/errors.ts';
import { instantOf, isDay, isInstantText, startOfDay } from '../../support/time.ts';
import { type CountedDay, countedDay, countedInstant, likelyCount } from './counted-dates.ts';
import type { DateFormat } from './date-format.ts';
import { monthNamed } from './months.ts';
import type { ValueProblem } from './problem.ts';

/** How to read dates that begin with the day or the month, and the zone of local times (IANA). */
export interface DateContext {
  readonly zone: string;
  /** Undefined accepts only dates that can be read in one way. */
  readonly dateFormat?: DateFormat | undefined;
}

const YEAR_FIRST = /^(\d{4})([-/.])(\d{1,2})\2(\d{1,2})$/;
const YEAR_LAST = /^(\d{1,2})([-/.])(\d{1,2})\2(\d{4})$/;
const SHORT_YEAR = /^\d{1,2}([-/.])\d{1,2}\1\d{2}$/;
const MIDNIGHT = /^(.+?)[T ]00:00(?::00(?:\.0+)?)?$/;

/** What databases write for a date that nobody knows: `0000-00-00 00:00:00`, `0/0/00`. */
const NO_DATE = /^0{1,4}([-/.])00?\1(?:0{1,4})(?:[T ]0?0:00(?::00(?:\.0+)?)?Z?)?$/;

export function isNoDate(text: string): boolean {
  return text.startsWith('0') && NO_DATE.test(text);
}

/** Reads a day of the calendar, as `YYYY-MM-DD`. A time of day other than midnight is a problem. */
export function parseDate(text: string, context: DateContext): string | ValueProblem {
  const trimmed = text.trim();
  if (isDay(trimmed)) return trimmed;
  const counted = dayByCount(trimmed, context);
  if (counted !== undefined) return counted.isWhole ? counted.day : { kind: 'timeInDate', text };
  const midnight = MIDNIGHT.exec(trimmed);
  const found = readDay(midnight?.[1] ?? trimmed, text, context);
  if (typeof found === 'string' || found.kind !== 'notDate' || midnight !== null) return found;
  return typeof parseDatetime(text, context) === 'number' ? { kind: 'timeInDate', text } : found;
}

function dayByCount(text: string, { dateFormat, zone }: DateContext): CountedDay | undefined {
  return dateFormat?.kind === 'counted' ? countedDay(text, dateFormat.from, zone) : undefined;
}

const TIMED =
  /^(.+?)(?:[T ]|, ?| (?:at|à|um) )(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?(?:[ \u00a0\u202f]?([ap])\.?m\.?)?(?: Uhr)?(?: ?(Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?))?$/i;

/**
 * Reads an instant, as epoch milliseconds: RFC 3339, or a date with a local time of the zone; a
 * date without a time means its local midnight. Fractions of a millisecond are cut off.
 */
export function parseDatetime(text: string, context: DateContext): number | ValueProblem {
  const trimmed = text.trim();
  const exported = exportedInstant(trimmed);
  if (exported !== undefined) return exported;
  const counted = instantByCount(trimmed, context);
  if (counted !== undefined) return counted;
  const [, date, ...time] = TIMED.exec(trimmed) ?? [];
  const day = readDay(date ?? trimmed, text, context);
  if (typeof day !== 'string') return day.kind === 'notDate' ? { kind: 'notDatetime', text } : day;
  if (date === undefined) return startOfDay(day, context.zone);
  const instant = `${day}T${timeOf(time, context.zone)}`;
  return isInstantText(instant) ? instantOf(instant, context.zone) : { kind: 'notDatetime', text };
}

const EXPORTED = /^\d{4}-\d\d-\d\dT(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{3})?Z$/;

/** The instant of the form that exports write, whose days alone may not exist. */
function exportedInstant(text: string): number | undefined {
  return EXPORTED.test(text) && isDay(text.slice(0, 10)) ? Date.parse(text) : undefined;
}

function instantByCount(text: string, { dateFormat, zone }: DateContext): number | undefined {
  return dateFormat?.kind === 'counted' ? countedInstant(text, dateFormat.from, zone) : undefined;
}

/** The groups of `TIMED` after the date, as RFC 3339 writes a time and its offset. */
function timeOf(groups: readonly (string | undefined)[], zone: string): string {
  const [hour = '', minute = '', second = '00', fraction = '', half, offset] = groups;
  const ms = fraction.slice(0, 3).padEnd(3, '0');
  return `${hourOf(hour, half)}:${minute}:${second}.${ms}${zoneOf(offset, zone)}`;
}

/** The hour from 0 to 23; `99` if an hour with am or pm is not between 1 and 12. */
function hourOf(hour: string, half: string | undefined): string {
  if (half === undefined) return hour.padStart(2, '0');
  const number = Number(hour);
  if (number < 1 || number > 12) return '99';
  return String((number % 12) + (half.toLowerCase() === 'p' ? 12 : 0)).padStart(2, '0');
}

function zoneOf(offset: string | undefined, zone: string): string {
  if (offset === undefined) return zone === 'UTC' ? 'Z' : ''; // local time in UTC needs no calendar
  if (!/^[+-]/.test(offset)) return 'Z';
  return offset.includes(':') ? offset : `${offset.slice(0, 3)}:${offset.slice(3) || '00'}`;
}

function readDay(date: string, text: string, { dateFormat }: DateContext): string | ValueProblem {
  if (isDay(date)) return date;
  const found = splitDay(date, dateFormat);
  if (found === 'ambiguous') return { kind: 'ambiguousDate', text };
  if (found === 'short year') return { kind: 'twoDigitYear', text };
  const day = found === undefined ? '' : dayText(found);
  if (isDay(day)) return day;
  const from = likelyCount(date);
  return from === undefined ? { kind: 'notDate', text } : { kind: 'countedDate', text, from };
}

interface DayParts {
  readonly year: string;
  readonly month: string;
  readonly day: string;
}

function dayText({ year, month, day }: DayParts): string {
  return `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
}

type SplitDay = DayParts | 'ambiguous' | 'short year' | undefined;

function splitDay(date: string, format: DateFormat | undefined): SplitDay {
  return (
    splitYearFirst(date) ??
    (format?.kind === 'pattern' ? format.read(date) : undefined) ??
    splitNamed(date) ??
    splitNumbers(date, format)
  );
}

function splitYearFirst(date: string): DayParts | undefined {
  const [, year, , month = '', day = ''] = YEAR_FIRST.exec(date) ?? [];
  return year === undefined ? undefined : { year, month, day };
}

function splitNumbers(date: string, format: DateFormat | undefined): SplitDay {
  if (SHORT_YEAR.test(date)) return 'short year';
  const yearLast = format?.kind === 'pattern' ? null : YEAR_LAST.exec(date);
  if (yearLast === null) return undefined;
  return splitYearLast(yearLast, format?.kind === 'order' ? format.order : undefined);
}

/** `5-Jun-2020`, `12 mars 2024`, `1er août 2024`, `5. Juni 2020`. */
const DAY_AND_NAME =
  /^(?<day>\d{1,2})(?:er|st|nd|rd|th)?[ \u00a0./-]{0,2}(?<name>[\p{L}\p{M}]{3,})[.,]?[ \u00a0./-]?(?<year>\d{4}|\d{2})$/iu;
/** `March 12, 2024`. */
const NAME_AND_DAY =
  /^(?<name>[\p{L}\p{M}]{3,})\.?[ \u00a0./-](?<day>\d{1,2})(?:st|nd|rd|th)?(?:, ?|[ \u00a0./-])(?<year>\d{4}|\d{2})$/iu;
/** `2024-Mar-12`. */
const YEAR_AND_NAME =
  /^(?<year>\d{4})[ \u00a0./-](?<name>[\p{L}\p{M}]{3,})\.?[ \u00a0./-](?<day>\d{1,2})$/u;
const NAME = /[\p{L}\p{M}]{3}/u;

const NAMED_FORMS = [DAY_AND_NAME, NAME_AND_DAY, YEAR_AND_NAME];

function splitNamed(date: string): SplitDay {
  const { year = '', name = '', day = '' } = NAME.test(date) ? namedParts(date) : {};
  const month = monthNamed(name);
  if (month === undefined) return undefined;
  return year.length === 2 ? 'short year' : { year, month: String(month), day };
}

function namedParts(date: string): Partial<Record<'year' | 'name' | 'day', string>> {
  for (const form of NAMED_FORMS) {
    const found = form.exec(date);
    if (found !== null) return { ...found.groups };
  }
  return {};
}

function splitYearLast(
  groups: readonly string[],
  chosen: Extract<DateFormat, { readonly kind: 'order' }>['order'] | undefined,
): DayParts | 'ambiguous' | undefined {
  const [, first = '', , second = '', year = ''] = groups;
  const order = chosen ?? orderOf(first, second);
  switch (order) {
    case 'YMD':
      return undefined;
    case 'either':
      return 'ambiguous';
    case 'DMY':
      return { year, month: second, day: first };
    case 'MDY':
      return { year, month: first, day: second };
    default:
      return assertNever(order);
  }
}

function orderOf(first: string, second: string): 'DMY' | 'MDY' | 'either' {
  if (Number(first) > 12) return 'DMY';
  if (Number(second) > 12) return 'MDY';
  return Number(first) === Number(second) ? 'DMY' : 'either';
}

/**
 * What one cell shows about the dates of its column: the day first, the month first, or `either`;
 * undefined when it shows nothing.
 */
export function dateOrderEvidence(text: string): 'DMY' | 'MDY' | 'either' | undefined {
  const groups = YEAR_LAST.exec(text.trim().split(/[T ,]/, 1).join(''));
  if (groups === null) return undefined;
  const [, first = '', , second = ''] = groups;
  const [smaller = 0, greater = 0] = [Number(first), Number(second)].sort((a, b) => a - b);
  const isDate = smaller >= 1 && smaller <= 12 && greater <= 31;
  return isDate && smaller !== greater ? orderOf(first, second) : undefined;
}
