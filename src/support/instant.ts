const RFC_3339 = /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2}(?::\d{2})?)(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$/;

/**
 * The instant of an RFC 3339 text, as epoch milliseconds; undefined if the text is none, or its day
 * does not exist (30 February). An offset is required, seconds are not. Fractions of a millisecond
 * are cut off.
 */
export function parseRfc3339(text: string): number | undefined {
  const [, date = '', time = '', fraction = '', zone = ''] = RFC_3339.exec(text) ?? [];
  const instant = Date.parse(`${date}T${time}${fraction.slice(0, 4)}${zone}`);
  const day = Date.parse(`${date}T00:00:00Z`);
  if (Number.isNaN(instant) || Number.isNaN(day) || time.startsWith('24')) return undefined;
  return new Date(day).toISOString().startsWith(date) ? instant : undefined;
}

/**
 * The farthest that a date can be from 1970, in milliseconds:
 * https://tc39.es/ecma262/#sec-time-values-and-time-range
 */
export const FARTHEST_INSTANT = 8.64e15;

/** Whether a date exists for this number; other tools can store any number. */
export function isInstant(epochMs: number): boolean {
  return Math.abs(epochMs) <= FARTHEST_INSTANT;
}

/** The instants of the years 0000 to 9999, whose texts all have the same length. */
const FIRST_USUAL = Date.parse('0000-01-01T00:00:00Z');
const LAST_USUAL = Date.parse('9999-12-31T23:59:59.999Z');

/**
 * Epoch milliseconds as RFC 3339 in UTC, `2026-03-01T10:00:00Z`; milliseconds only if they are not
 * zero. A number that is no instant is returned as it is.
 */
export function formatInstant(epochMs: number): string {
  if (Number.isInteger(epochMs) && epochMs >= FIRST_USUAL && epochMs <= LAST_USUAL)
    return usualText(epochMs);
  if (!isInstant(epochMs)) return String(epochMs);
  return new Date(epochMs).toISOString().replace('.000Z', 'Z');
}

const DAY_MS = 86_400_000;
const TWO_DIGITS = Array.from({ length: 100 }, (_, number) => String(number).padStart(2, '0'));

const twoDigits = (number: number): string => TWO_DIGITS[number] ?? '';

/** Exports write millions of instants: a `Date` for each takes five times as long. */
function usualText(epochMs: number): string {
  const day = Math.floor(epochMs / DAY_MS);
  const ms = epochMs - day * DAY_MS;
  const seconds = Math.floor(ms / 1000);
  const minutes = Math.floor(seconds / 60);
  const fraction = ms % 1000 === 0 ? '' : `.${String(ms % 1000).padStart(3, '0')}`;
  const time = `${twoDigits(Math.floor(minutes / 60))}:${twoDigits(minutes % 60)}`;
  return `${dayText(day)}T${time}:${twoDigits(seconds % 60)}${fraction}Z`;
}

/**
 * The calendar's day, so many days after 1970-01-01: see civil_from_days in
 * https://howardhinnant.github.io/date_algorithms.html
 */
function dayText(day: number): string {
  const sinceMarchOfYear0 = day + 719_468;
  const era = Math.floor(sinceMarchOfYear0 / 146_097);
  const dayOfEra = sinceMarchOfYear0 - era * 146_097;
  const leapDays = Math.floor(dayOfEra / 1460) - Math.floor(dayOfEra / 36_524);
  const yearOfEra = Math.floor((dayOfEra - leapDays - Math.floor(dayOfEra / 146_096)) / 365);
  const yearsInDays = 365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100);
  const dayOfYear = dayOfEra - yearsInDays;
  const sinceMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const dayOfMonth = dayOfYear - Math.floor((153 * sinceMarch + 2) / 5) + 1;
  const month = sinceMarch < 10 ? sinceMarch + 3 : sinceMarch - 9;
  const year = era * 400 + yearOfEra + (month <= 2 ? 1 : 0);
  const century = Math.floor(year / 100);
  return `${twoDigits(century)}${twoDigits(year % 100)}-${twoDigits(month)}-${twoDigits(dayOfMonth)}`;
}
