import { assertNever } from '../../support/errors.ts';
import { instantOf, isDay, isInstantText, startOfDay } from '../../support/time.ts';
import type { DateFormat } from './date-format.ts';
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
const MIDNIGHT = /^(\S+)[T ]00:00(?::00(?:\.0+)?)?$/;

/** Reads a day of the calendar, as `YYYY-MM-DD`. A time of day other than midnight is a problem. */
export function parseDate(text: string, context: DateContext): string | ValueProblem {
  const trimmed = text.trim();
  if (isDay(trimmed)) return trimmed;
  const midnight = MIDNIGHT.exec(trimmed);
  const found = readDay(midnight?.[1] ?? trimmed, text, context);
  if (typeof found === 'string' || found.kind !== 'notDate' || midnight !== null) return found;
  return typeof parseDatetime(text, context) === 'number' ? { kind: 'timeInDate', text } : found;
}

const TIMED =
  /^(.+?)(?:[T ]|, ?)(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?(?: ?([ap])\.?m\.?)?(?: ?(Z|UTC|GMT|[+-]\d{2}:?\d{2}))?$/i;

/**
 * Reads an instant, as epoch milliseconds: RFC 3339, or a date with a local time of the zone; a
 * date without a time means its local midnight. Fractions of a millisecond are cut off.
 */
export function parseDatetime(text: string, context: DateContext): number | ValueProblem {
  const trimmed = text.trim();
  // the form that exports write
  if (trimmed.endsWith('Z') && isInstantText(trimmed)) return instantOf(trimmed, context.zone);
  const [, date, ...time] = TIMED.exec(trimmed) ?? [];
  const day = readDay(date ?? trimmed, text, context);
  if (typeof day !== 'string') return day.kind === 'notDate' ? { kind: 'notDatetime', text } : day;
  if (date === undefined) return startOfDay(day, context.zone);
  const instant = `${day}T${timeOf(time, context.zone)}`;
  return isInstantText(instant) ? instantOf(instant, context.zone) : { kind: 'notDatetime', text };
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
  return offset.includes(':') ? offset : `${offset.slice(0, 3)}:${offset.slice(3)}`;
}

function readDay(date: string, text: string, { dateFormat }: DateContext): string | ValueProblem {
  if (isDay(date)) return date;
  const found = splitDay(date, dateFormat);
  if (found === 'ambiguous') return { kind: 'ambiguousDate', text };
  if (found !== undefined) {
    const day = `${found.year}-${found.month.padStart(2, '0')}-${found.day.padStart(2, '0')}`;
    if (isDay(day)) return day;
  }
  return found === undefined && SHORT_YEAR.test(date)
    ? { kind: 'twoDigitYear', text }
    : { kind: 'notDate', text };
}

interface DayParts {
  readonly year: string;
  readonly month: string;
  readonly day: string;
}

function splitDay(
  date: string,
  format: DateFormat | undefined,
): DayParts | 'ambiguous' | undefined {
  const yearFirst = YEAR_FIRST.exec(date);
  if (yearFirst !== null) {
    const [, year = '', , month = '', day = ''] = yearFirst;
    return { year, month, day };
  }
  if (format?.kind === 'pattern') return format.read(date);
  const yearLast = YEAR_LAST.exec(date);
  return yearLast === null ? undefined : splitYearLast(yearLast, format?.order);
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
