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

const DAY_MS = 86_400_000;
const FAR = 8.64e15; // as far as a Date goes
const CYCLE_DAYS = 146_097; // 400 years, after which the calendar repeats
const CYCLE_MS = CYCLE_DAYS * DAY_MS;
const EXACT_MS: Partial<Record<Unit, number>> = {
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
  const months = unit === 'month' ? count : 12 * count;
  const far = Math.abs(count) > 240_000;
  const moved =
    unit === 'day'
      ? day + count
      : unit === 'week'
        ? day + 7 * count
        : far
          ? Math.sign(count) * Infinity
          : addMonths(day, months);
  return clamp(moved, FIRST, BEHIND_LAST);
}

function moveInstant(at: number, count: number, unit: Unit, zone: string): number {
  const exact = EXACT_MS[unit];
  if (exact !== undefined) return clamp(at + count * exact, -FAR, FAR);
  if (Math.abs(count) > 240_000) return Math.sign(count) * FAR;
  const local = localMs(at, zone);
  const day = Math.floor(local / DAY_MS);
  return instantAt(
    addMonths(day, unit === 'month' ? count : 12 * count) * DAY_MS + (local - day * DAY_MS),
    zone,
  );
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
  if (anchor.kind === 'now') return { at: time.now };
  if (anchor.kind === 'day') return { day: dayNumber(anchor.day) };
  if (anchor.kind === 'instant')
    return {
      at: /Z|[+-]\d\d:\d\d$/.test(anchor.text)
        ? Date.parse(anchor.text)
        : instantAt(Date.parse(`${anchor.text}Z`), time.zone),
    };
  if (anchor.kind === 'start') return { day: firstDayOf(todayOf(time), anchor.of, time) };
  if (anchor.kind === 'end')
    return { day: nextFirst(firstDayOf(todayOf(time), anchor.of, time), anchor.of) - 1 };
  return { day: todayOf(time) + AWAY[anchor.kind] };
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
  if (period.kind === 'calendar') {
    const [year = '', month, day] = period.text.split('-');
    const first = dayNumber(`${year}-${month ?? '01'}-${day ?? '01'}`);
    return [
      first,
      nextFirst(first, day !== undefined ? 'day' : month !== undefined ? 'month' : 'year') - 1,
    ];
  }
  if (!('unit' in period)) return [today + AWAY[period.kind], today + AWAY[period.kind]];
  const current = firstDayOf(today, period.unit, time);
  const first =
    period.kind === 'this'
      ? current
      : period.kind === 'next'
        ? nextFirst(current, period.unit)
        : firstDayOf(current - 1, period.unit, time);
  return [first, nextFirst(first, period.unit) - 1];
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
  }
}

/** Whether a day of the calendar passes the test. */
export function dayPasses(value: number, test: DateTest, time: TimeContext): boolean {
  const dayOf = (date: DateExpression): number => {
    const when = whenOf(date, time);
    if ('at' in when) throw new Error('an instant on a day');
    return when.day;
  };
  const today = todayOf(time);
  switch (test.kind) {
    case 'on':
      return value === dayOf(test.date);
    case 'before':
      return value < dayOf(test.date);
    case 'after':
      return value > dayOf(test.date);
    case 'through':
      return value <= dayOf(test.date);
    case 'since':
      return value >= dayOf(test.date);
    case 'dateBetween':
      return value >= dayOf(test.low) && value <= dayOf(test.high);
    case 'inLast':
      return value >= moveDay(today, -test.count, test.unit) && value <= today;
    case 'inNext':
      return value >= today && value <= moveDay(today, test.count, test.unit);
    case 'during': {
      const [first, last] = daysOf(test.period, time);
      return value >= first && value <= last;
    }
  }
}

/** The day on which a date recurs in a year: 29 February on the 28th of common years. */
function recurrence(day: number, year: number): number {
  const monthDay = new Date(day * DAY_MS).toISOString().slice(5, 10);
  const leap =
    new Date(Date.UTC(2000, 1, 29)).setUTCFullYear(year) &&
    new Date(Date.UTC(year, 1, 29)).getUTCDate() === 29;
  return dayNumber(
    `${String(year).padStart(4, '0')}-${monthDay === '02-29' && !leap ? '02-28' : monthDay}`,
  );
}

export function anniversaryPasses(day: number, test: DateTest, time: TimeContext): boolean {
  const born = new Date(day * DAY_MS).getUTCFullYear();
  // no other test reaches further
  const last = /9999|1000000000/.test(JSON.stringify(test)) ? 9999 : 3000;
  for (let year = born; year <= last; year++)
    if (dayPasses(recurrence(day, year), test, time)) return true;
  return false;
}
