/**
 * Dates told a second time, from the words of the language's reference and nothing of src: days are
 * numbers since 1970, local time comes from Intl, and a test is a predicate instead of a range.
 */
import type {
  DateExpression,
  DateTest,
  Period,
  TimeContext,
  Unit,
} from '../../src/filter/index.ts';
import { assertNever } from '../../src/support/errors.ts';

const DAY_MS = 86_400_000;
const FAR = 8.64e15; // as far as a Date goes
const MONTHS = { month: 1, year: 12 } as const;
const CYCLE_DAYS = 146_097; // 400 years, after which the calendar repeats
const CYCLE_MS = CYCLE_DAYS * DAY_MS;
const EXACT_MS: Readonly<Record<Exclude<Unit, keyof typeof MONTHS>, number>> = {
  minute: 60_000,
  hour: 3_600_000,
  day: DAY_MS,
  week: 7 * DAY_MS,
};
const FIRST = dayNumber('0000-01-01');
const BEHIND_LAST = dayNumber('9999-12-31') + 1;

export function dayNumber(text: string): number {
  const date = new Date(`${text}T00:00:00Z`);
  return date.getTime() / DAY_MS;
}

const clamp = (value: number, low: number, high: number): number =>
  Math.min(high, Math.max(low, value));

const formats = new Map<string, Intl.DateTimeFormat>();

/** What the zone's clock shows at an instant, as if it were UTC. */
function localMs(at: number, zone: string): number {
  if (Math.abs(at) > FAR - CYCLE_MS)
    // a local Date would lie beyond FAR
    return localMs(at - Math.sign(at) * CYCLE_MS, zone) + Math.sign(at) * CYCLE_MS;
  let format = formats.get(zone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
      era: 'short',
    });
    formats.set(zone, format);
  }
  const parts = Object.fromEntries(
    format.formatToParts(at).map(({ type, value }) => [type, value]),
  );
  const local = new Date(0);
  local.setUTCFullYear(
    parts.era === 'BC' ? 1 - Number(parts.year) : Number(parts.year),
    Number(parts.month) - 1,
    Number(parts.day),
  );
  local.setUTCHours(Number(parts.hour), Number(parts.minute), Number(parts.second));
  return local.getTime() + (((at % 1000) + 1000) % 1000);
}

/** The first instant that shows this local time; in a gap, as much later as the gap is long. */
function instantAt(local: number, zone: string): number {
  const before = clamp(local - 36 * 3_600_000, -FAR, FAR);
  const after = clamp(local + 36 * 3_600_000, -FAR, FAR);
  const offsets = [localMs(before, zone) - before, localMs(after, zone) - after];
  const shown = offsets
    .map((offset) => local - offset)
    .filter((at) => Math.abs(at) <= FAR && localMs(at, zone) === local);
  return clamp(shown.length > 0 ? Math.min(...shown) : local - offsets[0]!, -FAR, FAR);
}

type When = { readonly day: number } | { readonly at: number };

/** Within one cycle of the calendar, as a Date goes no further than FAR. */
function addMonths(day: number, months: number): number {
  const cycles = Math.floor(day / CYCLE_DAYS);
  const date = new Date((day - cycles * CYCLE_DAYS) * DAY_MS);
  const index = date.getUTCFullYear() * 12 + date.getUTCMonth() + months;
  const further = Math.floor(index / 4800);
  const [year, month] = [
    Math.floor(index / 12) - 400 * further,
    index - Math.floor(index / 12) * 12,
  ];
  const length = new Date(0).setUTCFullYear(year, month + 1, 0);
  const moved = new Date(0).setUTCFullYear(
    year,
    month,
    Math.min(date.getUTCDate(), new Date(length).getUTCDate()),
  );
  return moved / DAY_MS + (cycles + further) * CYCLE_DAYS;
}

/** The years 0 to 9999 are as far as a day goes. */
function moveDay(day: number, count: number, unit: Unit): number {
  if (unit === 'minute' || unit === 'hour') throw new Error(`a day moved by ${unit}s`);
  return clamp(movedDay(day, count, unit), FIRST, BEHIND_LAST);
}

function movedDay(day: number, count: number, unit: Exclude<Unit, 'minute' | 'hour'>): number {
  if (unit === 'day') return day + count;
  if (unit === 'week') return day + 7 * count;
  if (Math.abs(count) > 240_000) return Math.sign(count) * Infinity;
  return addMonths(day, count * MONTHS[unit]);
}

function moveInstant(at: number, count: number, unit: Unit, zone: string): number {
  if (unit !== 'month' && unit !== 'year') return clamp(at + count * EXACT_MS[unit], -FAR, FAR);
  if (Math.abs(count) > 240_000) return Math.sign(count) * FAR;
  const local = localMs(at, zone);
  const day = Math.floor(local / DAY_MS);
  const moved = addMonths(day, count * MONTHS[unit]);
  return instantAt(moved * DAY_MS + (local - day * DAY_MS), zone);
}

const todays = new Map<TimeContext, number>();

function todayOf(time: TimeContext): number {
  const today = todays.get(time) ?? Math.floor(localMs(time.now, time.zone) / DAY_MS);
  todays.set(time, today);
  return today;
}

function firstDayOf(
  day: number,
  unit: 'day' | 'week' | 'month' | 'quarter' | 'year',
  { weekStart }: TimeContext,
): number {
  const date = new Date(day * DAY_MS);
  const month = (of: number): number =>
    dayNumber(
      `${String(date.getUTCFullYear()).padStart(4, '0')}-${String(of + 1).padStart(2, '0')}-01`,
    );
  switch (unit) {
    case 'day':
      return day;
    case 'week':
      return day - ((date.getUTCDay() + (weekStart === 'monday' ? 6 : 0)) % 7);
    case 'month':
      return month(date.getUTCMonth());
    case 'quarter':
      return month(date.getUTCMonth() - (date.getUTCMonth() % 3));
    case 'year':
      return month(0);
  }
}

const nextFirst = (first: number, unit: 'day' | 'week' | 'month' | 'quarter' | 'year'): number =>
  unit === 'day'
    ? first + 1
    : unit === 'week'
      ? first + 7
      : addMonths(first, { month: 1, quarter: 3, year: 12 }[unit]);

const AWAY = { yesterday: -1, today: 0, tomorrow: 1 } as const;

function whenOfAnchor(anchor: DateExpression['anchor'], time: TimeContext): When {
  const today = todayOf(time);
  switch (anchor.kind) {
    case 'now':
      return { at: time.now };
    case 'day':
      return { day: dayNumber(anchor.day) };
    case 'instant':
      return {
        at: /Z|[+-]\d\d:\d\d$/.test(anchor.text)
          ? Date.parse(anchor.text)
          : instantAt(Date.parse(`${anchor.text}Z`), time.zone),
      };
    case 'start':
      return { day: firstDayOf(today, anchor.of, time) };
    case 'end':
      return { day: nextFirst(firstDayOf(today, anchor.of, time), anchor.of) - 1 };
    case 'yesterday':
    case 'today':
    case 'tomorrow':
      return { day: today + AWAY[anchor.kind] };
    default:
      return assertNever(anchor);
  }
}

function whenOf({ anchor, steps }: DateExpression, time: TimeContext): When {
  let when = whenOfAnchor(anchor, time);
  for (const { count, unit } of steps) {
    if ('at' in when) when = { at: moveInstant(when.at, count, unit, time.zone) };
    else if (unit === 'minute' || unit === 'hour')
      when = { at: moveInstant(instantAt(when.day * DAY_MS, time.zone), count, unit, time.zone) };
    else when = { day: moveDay(when.day, count, unit) };
  }
  return when;
}

/** The days of a period, first and last. */
function daysOf(period: Period, time: TimeContext): readonly [first: number, last: number] {
  const today = todayOf(time);
  switch (period.kind) {
    case 'calendar':
      return calendarDays(period.text);
    case 'yesterday':
    case 'today':
    case 'tomorrow':
      return [today + AWAY[period.kind], today + AWAY[period.kind]];
    case 'this':
    case 'last':
    case 'next': {
      const current = firstDayOf(today, period.unit, time);
      const first = {
        this: current,
        last: firstDayOf(current - 1, period.unit, time),
        next: nextFirst(current, period.unit),
      }[period.kind];
      return [first, nextFirst(first, period.unit) - 1];
    }
    default:
      return assertNever(period);
  }
}

/** Of a year, a month or a day. */
function calendarDays(text: string): readonly [first: number, last: number] {
  const [year = '', month, day] = text.split('-');
  const first = dayNumber(`${year}-${month ?? '01'}-${day ?? '01'}`);
  const unit = day !== undefined ? 'day' : month !== undefined ? 'month' : 'year';
  return [first, nextFirst(first, unit) - 1];
}

/** Whether a point in time passes the test. */
export function instantPasses(value: number, test: DateTest, time: TimeContext): boolean {
  const startOf = (day: number): number => instantAt(day * DAY_MS, time.zone);
  const startOfWhen = (when: When): number => ('at' in when ? when.at : startOf(when.day));
  const isBehind = (when: When): boolean =>
    'at' in when ? value > when.at : value >= startOf(when.day + 1);
  switch (test.kind) {
    case 'on':
      return value >= startOfWhen(whenOf(test.date, time)) && !isBehind(whenOf(test.date, time));
    case 'before':
      return value < startOfWhen(whenOf(test.date, time));
    case 'after':
      return isBehind(whenOf(test.date, time));
    case 'through':
      return !isBehind(whenOf(test.date, time));
    case 'since':
      return value >= startOfWhen(whenOf(test.date, time));
    case 'dateBetween':
      return value >= startOfWhen(whenOf(test.low, time)) && !isBehind(whenOf(test.high, time));
    case 'inLast':
      return value > moveInstant(time.now, -test.count, test.unit, time.zone) && value <= time.now;
    case 'inNext':
      return value > time.now && value <= moveInstant(time.now, test.count, test.unit, time.zone);
    case 'during': {
      const [first, last] = daysOf(test.period, time);
      return value >= startOf(first) && value < startOf(last + 1);
    }
    default:
      return assertNever(test);
  }
}

/** Whether a day of the calendar passes the test. */
export function dayPasses(value: number, test: DateTest, time: TimeContext): boolean {
  return dayTest(test, time)(value);
}

/** The test as a predicate of days, whose bounds are worked out once for all that it is asked of. */
function dayTest(test: DateTest, time: TimeContext): (day: number) => boolean {
  const between = (first: number, last: number) => (day: number) => day >= first && day <= last;
  const today = todayOf(time);
  switch (test.kind) {
    case 'on':
      return between(dayOf(test.date, time), dayOf(test.date, time));
    case 'before':
      return between(-Infinity, dayOf(test.date, time) - 1);
    case 'after':
      return between(dayOf(test.date, time) + 1, Infinity);
    case 'through':
      return between(-Infinity, dayOf(test.date, time));
    case 'since':
      return between(dayOf(test.date, time), Infinity);
    case 'dateBetween':
      return between(dayOf(test.low, time), dayOf(test.high, time));
    case 'inLast':
      return between(moveDay(today, -test.count, test.unit), today);
    case 'inNext':
      return between(today, moveDay(today, test.count, test.unit));
    case 'during':
      return between(...daysOf(test.period, time));
    default:
      return assertNever(test);
  }
}

function dayOf(date: DateExpression, time: TimeContext): number {
  const when = whenOf(date, time);
  if ('at' in when) throw new Error('an instant on a day');
  return when.day;
}

/** The day on which a month and day recur in a year: 29 February on the 28th of common years. */
function recurrence(monthDay: string, year: number): number {
  const day = dayNumber(`${String(year).padStart(4, '0')}-${monthDay}`);
  // a Date takes 29 February of a common year for 1 March
  return new Date(day * DAY_MS).getUTCDate() === Number(monthDay.slice(3)) ? day : day - 1;
}

export function anniversaryPasses(day: number, test: DateTest, time: TimeContext): boolean {
  const born = new Date(day * DAY_MS);
  const monthDay = born.toISOString().slice(5, 10);
  const passes = dayTest(test, time);
  // no other test reaches further
  const last = /9999|1000000000/.test(JSON.stringify(test)) ? 9999 : 3000;
  for (let year = born.getUTCFullYear(); year <= last; year++)
    if (passes(recurrence(monthDay, year))) return true;
  return false;
}
