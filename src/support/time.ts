/**
 * Days, instants and zones. A day is text, `2026-03-15`; an instant is epoch milliseconds UTC; a
 * zone is an IANA name.
 *
 * Arithmetic stays within the years 0000 to 9999 for days and within Date's range for instants, and
 * stops at the edge. For days the edges are `0000-01-01` and `9999-12-32`, which sorts after every
 * day and means the first of the year 10000.
 *
 * Daylight saving is handled as Temporal's `compatible`: a skipped local time moves forward by the
 * gap, and of a repeated one the first counts.
 */
import { Temporal } from 'temporal-polyfill';
import { FARTHEST_INSTANT, formatInstant } from './instant.ts';
import { EXIT, UserError } from './errors.ts';
import { clipped } from './text.ts';

export const FIRST_DAY = '0000-01-01';
export const BEHIND_LAST_DAY = '9999-12-32';
const FIRST_INSTANT = -FARTHEST_INSTANT;
const LAST_INSTANT = FARTHEST_INSTANT;
const MINUTE_MS = 60_000;
const MINUTE_NS = 60e9;

const LENGTHS_MS = {
  minute: MINUTE_MS,
  hour: 60 * MINUTE_MS,
  day: 1440 * MINUTE_MS,
  week: 10_080 * MINUTE_MS,
} as const;

export type CalendarUnit = 'day' | 'week' | 'month' | 'year';
export type ExactUnit = keyof typeof LENGTHS_MS;

const DIGIT_ZERO = '0'.charCodeAt(0);

const INSTANT =
  /^(\d{4}-\d{2}-\d{2})T(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,3}))?)?(Z|[+-]\d{2}:\d{2})?$/;

/** Whether the text is a day of the calendar: `2026-02-28`, not `2026-02-30`. */
export function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const day = twoDigits(text, 8);
  const month = twoDigits(text, 5);
  if (day > 28) return day <= daysIn(Number(text.slice(0, 4)), month);
  return day >= 1 && month >= 1 && month <= 12;
}

/** Reading them so takes a fifth of the time of cutting them out. */
function twoDigits(text: string, at: number): number {
  return 10 * text.charCodeAt(at) + text.charCodeAt(at + 1) - 11 * DIGIT_ZERO;
}

/**
 * How many days a month has, in the Gregorian calendar for all years; 0 if the month is not 1 to
 * 12.
 */
function daysIn(year: number, month: number): number {
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1] ?? 0;
}

/**
 * Whether the text is `2026-03-15T10:00`, optionally with seconds, milliseconds and `Z` or
 * `±hh:mm`, and exists in the calendar.
 */
export function isInstantText(text: string): boolean {
  const parts = INSTANT.exec(text);
  if (parts === null) return false;
  const [, day = '', hour = '', minute = '', second = '00', , offset = 'Z'] = parts;
  return isDay(day) && isTime(hour, minute) && Number(second) < 60 && isOffset(offset);
}

function isOffset(text: string): boolean {
  return text === 'Z' || isTime(text.slice(1, 3), text.slice(4));
}

function isTime(hour: string, minute: string): boolean {
  return Number(hour) < 24 && Number(minute) < 60;
}

/**
 * The instant of such a text; without an offset it is local time of the zone. The text must satisfy
 * `isInstantText`.
 */
export function instantOf(text: string, zone: string): number {
  const [, day = '', hour = '', minute = '', second = '00', fraction = '', offset] =
    INSTANT.exec(text) ?? [];
  const ms = Date.parse(`${day}T${hour}:${minute}:${second}.${fraction.padEnd(3, '0')}Z`);
  if (offset === undefined) return localInstant(ms, zone);
  return offset === 'Z' ? ms : ms - offsetMs(offset);
}

function offsetMs(offset: string): number {
  const minutes = Number(offset.slice(1, 3)) * 60 + Number(offset.slice(4));
  return (offset.startsWith('-') ? -minutes : minutes) * MINUTE_MS;
}

/** The instant at which the zone's clock shows the time that UTC shows at `ms`. */
function localInstant(ms: number, zone: string): number {
  const local = Temporal.Instant.fromEpochMilliseconds(ms)
    .toZonedDateTimeISO('UTC')
    .toPlainDateTime();
  return local.toZonedDateTime(known(zone), { disambiguation: 'compatible' }).epochMilliseconds;
}

/** Whether the name is a time zone that this Node knows. */
export function isZone(name: string): boolean {
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(name);
    return true;
  } catch (error) {
    // a type error means that it is no text
    if (error instanceof RangeError || error instanceof TypeError) return false;
    throw error;
  }
}

const knownZones = new Set<string>();

/**
 * The zone, checked: it comes from the store's settings, where other tools may write anything.
 * `UserError` BAD_SETTING (69) if it is none.
 */
function known(zone: string): string {
  if (knownZones.has(zone)) return zone;
  if (!isZone(zone)) {
    throw new UserError(
      'BAD_SETTING',
      EXIT.noStore,
      `the setting timezone is no time zone: \`${clipped(zone)}\``,
      { hint: 'set it anew: rollcall settings:set timezone Europe/Paris' },
    );
  }
  knownZones.add(zone);
  return zone;
}

/** The local day of an instant. */
export function dayOf(instant: number, zone: string): string {
  return dayText(zoned(instant, zone).toPlainDate());
}

/**
 * An instant as local time with its offset, which `instantOf` reads back as the same instant:
 * `2026-03-15T11:00:00+01:00`, with milliseconds if they are not zero. In UTC where local time
 * would not be exact: in zones whose offset then had seconds, and outside years of four digits.
 */
export function localText(instant: number, zone: string): string {
  if (!Number.isInteger(instant) || within(instant) !== instant) return formatInstant(instant);
  const local = zoned(instant, zone);
  if (local.offsetNanoseconds % MINUTE_NS !== 0 || local.year < 0 || local.year > 9999)
    return formatInstant(instant);
  const smallestUnit = instant % 1000 === 0 ? 'second' : 'millisecond';
  return local.toString({ timeZoneName: 'never', smallestUnit }).replace(/\+00:00$/, 'Z');
}

const HOUR_MS = 3_600_000;
/** So many hours are remembered; all are forgotten when there are more. */
const MOST_HOURS = 100_000;
/** The local instants whose years have four digits, as if they were of UTC. */
const FIRST_LOCAL = Date.parse('0000-01-01T00:00:00Z');
const LAST_LOCAL = Date.parse('9999-12-31T23:59:59.999Z');

/**
 * `localText` for many instants: within an hour that begins and ends with the same offset, it is
 * asked for once.
 */
export function localTexts(zone: string): (instant: number) => string {
  const hours = new Map<number, Offset | undefined>();
  const offsetIn = (hour: number): Offset | undefined => {
    if (hours.has(hour)) return hours.get(hour);
    if (hours.size >= MOST_HOURS) hours.clear();
    const offset = offsetOfHour(hour, zone);
    hours.set(hour, offset);
    return offset;
  };
  return (instant) => {
    const isUsual = Number.isInteger(instant) && Math.abs(instant) < LAST_LOCAL;
    const offset = isUsual ? offsetIn(Math.floor(instant / HOUR_MS)) : undefined;
    const local = instant + (offset?.ms ?? 0);
    if (offset === undefined || local < FIRST_LOCAL || local > LAST_LOCAL)
      return localText(instant, zone);
    return formatInstant(local).slice(0, -1) + offset.text;
  };
}

/** An offset of whole minutes: `+01:00`, or `Z` for none. */
interface Offset {
  readonly ms: number;
  readonly text: string;
}

/** The offset that holds for a whole hour of UTC, if there is one. */
function offsetOfHour(hour: number, zone: string): Offset | undefined {
  const first = zoned(hour * HOUR_MS, zone);
  const last = zoned((hour + 1) * HOUR_MS - 1, zone);
  const ms = first.offsetNanoseconds / 1e6;
  if (ms !== last.offsetNanoseconds / 1e6 || ms % MINUTE_MS !== 0) return undefined;
  return { ms, text: ms === 0 ? 'Z' : first.offset };
}

/**
 * The first instant of a local day. A day that the zone skipped (Apia, 2011-12-30) begins and ends
 * at the same instant.
 */
export function startOfDay(day: string, zone: string): number {
  return plainDate(day).toZonedDateTime(known(zone)).epochMilliseconds;
}

/** The first instant after a local day. */
export function endOfDay(day: string, zone: string): number {
  return plainDate(day).add({ days: 1 }).toZonedDateTime(known(zone)).epochMilliseconds;
}

/**
 * The day `count` days, weeks, months or years later (earlier if negative). With months and years,
 * a day that the month lacks becomes its last day.
 */
export function addToDay(day: string, count: number, unit: CalendarUnit): string {
  const years = Math.abs(count) / { day: 366, week: 52, month: 12, year: 1 }[unit];
  if (years > 20_000) return count < 0 ? FIRST_DAY : BEHIND_LAST_DAY;
  return dayText(plainDate(day).add({ [`${unit}s`]: count }));
}

/** The instant `count` exact units later; a day is 24 hours, a week seven of them. */
export function addExact(instant: number, count: number, unit: ExactUnit): number {
  return within(instant + count * LENGTHS_MS[unit]);
}

/** The instant at the same local time, `count` months or years later. */
export function addCalendar(
  instant: number,
  count: number,
  unit: 'month' | 'year',
  zone: string,
): number {
  if (Math.abs(count) > 10_000_000) return count < 0 ? FIRST_INSTANT : LAST_INSTANT;
  try {
    return within(zoned(instant, zone).add({ [`${unit}s`]: count }).epochMilliseconds);
  } catch (error) {
    if (error instanceof RangeError) return count < 0 ? FIRST_INSTANT : LAST_INSTANT;
    throw error;
  }
}

/** The days from the start of the week, Monday or Sunday, to this day: 0 to 6. */
export function dayOfWeek(day: string, weekStart: 'monday' | 'sunday'): number {
  const sinceMonday = plainDate(day).dayOfWeek - 1;
  return weekStart === 'monday' ? sinceMonday : (sinceMonday + 1) % 7;
}

function plainDate(day: string): Temporal.PlainDate {
  return day === BEHIND_LAST_DAY
    ? Temporal.PlainDate.from({ year: 10_000, month: 1, day: 1 })
    : Temporal.PlainDate.from(day);
}

function dayText(date: Temporal.PlainDate): string {
  if (date.year < 0) return FIRST_DAY;
  return date.year > 9999 ? BEHIND_LAST_DAY : date.toString();
}

function zoned(instant: number, zone: string): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(within(instant)).toZonedDateTimeISO(known(zone));
}

function within(instant: number): number {
  return Math.min(LAST_INSTANT, Math.max(FIRST_INSTANT, instant));
}
