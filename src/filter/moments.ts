/**
 * Resolves dates and windows: what a date test means at one clock, zone and week start, as one
 * half-open range of days (on a field of days) or of instants in epoch ms (on a field of instants).
 */
import { assertNever } from '../support/errors.ts';
import {
  addCalendar,
  addExact,
  addToDay,
  dayOf,
  dayOfWeek,
  endOfDay,
  instantOf,
  startOfDay,
} from '../support/time.ts';
import type {
  Anchor,
  DateExpression,
  DateStep,
  DateTest,
  Period,
  PeriodUnit,
  Unit,
} from './ast.ts';
import type { TimeContext } from './catalogue.ts';

export type Grain = 'day' | 'instant';

/**
 * From `from` up to but without `until`; null is unbounded. A range whose end is not after its
 * start is empty.
 */
export type DateRange =
  | { readonly grain: 'day'; readonly from: string | null; readonly until: string | null }
  | { readonly grain: 'instant'; readonly from: number | null; readonly until: number | null };

export type Moment =
  | { readonly grain: 'day'; readonly day: string }
  | { readonly grain: 'instant'; readonly at: number };

/**
 * The range in which the test is true. A date expression that is an instant needs the grain
 * `instant`, which the check ensures.
 */
export function resolveRange(test: DateTest, grain: Grain, time: TimeContext): DateRange {
  return grain === 'day'
    ? { grain, ...dayBounds(test, time) }
    : { grain, ...instantBounds(test, time) };
}

const todays = new WeakMap<TimeContext, string>();

/** Kept because one filter asks for today many times and the zone's calendar is slow. */
function todayOf(time: TimeContext): string {
  const today = todays.get(time) ?? dayOf(time.now, time.zone);
  todays.set(time, today);
  return today;
}

/** Whether a date expression names a day or an instant. */
export function grainOf(date: DateExpression): Grain {
  const anchored = date.anchor.kind === 'now' || date.anchor.kind === 'instant';
  return anchored || date.steps.some(({ unit }) => isExact(unit)) ? 'instant' : 'day';
}

interface Bounds<Bound> {
  readonly from: Bound | null;
  readonly until: Bound | null;
}

function dayBounds(test: DateTest, time: TimeContext): Bounds<string> {
  const today = todayOf(time);
  switch (test.kind) {
    case 'inLast':
      // rule: operator-in-last-days
      return { from: addDays(today, -test.count, test.unit), until: dayAfter(today) };
    case 'inNext':
      return { from: today, until: dayAfter(addDays(today, test.count, test.unit)) };
    case 'during':
      return periodOf(test.period, time);
    default:
      return comparison(test, (date) => {
        const day = dayAt(resolveDate(date, time), time);
        return { from: day, until: dayAfter(day) };
      });
  }
}

function instantBounds(test: DateTest, time: TimeContext): Bounds<number> {
  switch (test.kind) {
    case 'inLast':
      // rule: operator-in-last
      return {
        from: shift(time.now, { count: -test.count, unit: test.unit }, time) + 1,
        until: time.now + 1,
      };
    case 'inNext':
      // rule: operator-in-next
      return { from: time.now + 1, until: shift(time.now, test, time) + 1 };
    case 'during': {
      const days = periodOf(test.period, time);
      return { from: startOfDay(days.from, time.zone), until: startOfDay(days.until, time.zone) };
    }
    default:
      return comparison(test, (date) => extentOf(resolveDate(date, time), time));
  }
}

type Comparison = Exclude<DateTest, { readonly kind: 'inLast' | 'inNext' | 'during' }>;

/** The range of a comparison; `extent` is what its date covers, a whole day or one millisecond. */
function comparison<Bound>(
  test: Comparison,
  extent: (date: DateExpression) => { readonly from: Bound; readonly until: Bound },
): Bounds<Bound> {
  switch (test.kind) {
    // rule: operator-on
    case 'on':
      return extent(test.date);
    // rule: operator-before
    case 'before':
      return { from: null, until: extent(test.date).from };
    // rule: operator-through
    case 'through':
      return { from: null, until: extent(test.date).until };
    // rule: operator-after
    case 'after':
      return { from: extent(test.date).until, until: null };
    // rule: operator-since
    case 'since':
      return { from: extent(test.date).from, until: null };
    case 'dateBetween':
      // rule: operator-date-between
      return { from: extent(test.low).from, until: extent(test.high).until };
    default:
      return assertNever(test);
  }
}

function extentOf(
  moment: Moment,
  time: TimeContext,
): { readonly from: number; readonly until: number } {
  if (moment.grain === 'instant') return { from: moment.at, until: moment.at + 1 };
  return { from: startOfDay(moment.day, time.zone), until: endOfDay(moment.day, time.zone) };
}

/** What a date expression names: a day, or an instant (epoch ms). */
export function resolveDate(date: DateExpression, time: TimeContext): Moment {
  return date.steps.reduce((moment, step) => move(moment, step, time), anchorOf(date.anchor, time));
}

function anchorOf(anchor: Anchor, time: TimeContext): Moment {
  switch (anchor.kind) {
    case 'now':
      return { grain: 'instant', at: time.now };
    case 'instant':
      return { grain: 'instant', at: instantOf(anchor.text, time.zone) };
    case 'day':
      return { grain: 'day', day: anchor.day };
    case 'today':
    case 'yesterday':
    case 'tomorrow':
      return { grain: 'day', day: addToDay(todayOf(time), DAYS_AWAY[anchor.kind], 'day') };
    case 'start':
    case 'end': {
      if (anchor.of === 'day') return { grain: 'day', day: todayOf(time) };
      const first = startOfPeriod(todayOf(time), anchor.of, time);
      return {
        grain: 'day',
        day: anchor.kind === 'start' ? first : addToDay(periodAfter(first, anchor.of), -1, 'day'),
      };
    }
    default:
      return assertNever(anchor);
  }
}

const DAYS_AWAY = { today: 0, yesterday: -1, tomorrow: 1 } as const;

/**
 * Takes one step. Hours and minutes turn a day into an instant, counted from its local midnight.
 */
function move(moment: Moment, step: DateStep, time: TimeContext): Moment {
  if (moment.grain === 'instant') return { grain: 'instant', at: shift(moment.at, step, time) };
  if (isExact(step.unit))
    return {
      grain: 'instant',
      at: addExact(startOfDay(moment.day, time.zone), step.count, step.unit),
    };
  return { grain: 'day', day: addToDay(moment.day, step.count, step.unit) };
}

/**
 * From an instant, days and weeks are exact durations; months and years follow the zone's calendar.
 */
function shift(instant: number, { count, unit }: DateStep, time: TimeContext): number {
  // rule: operator-exact-days
  return unit === 'month' || unit === 'year'
    ? addCalendar(instant, count, unit, time.zone)
    : addExact(instant, count, unit);
}

function isExact(unit: Unit): unit is 'minute' | 'hour' {
  return unit === 'minute' || unit === 'hour';
}

function addDays(day: string, count: number, unit: Unit): string {
  if (isExact(unit)) throw new Error(`a window of ${unit}s on days passed the check`);
  return addToDay(day, count, unit);
}

function dayAfter(day: string): string {
  return addToDay(day, 1, 'day');
}

function dayAt(moment: Moment, time: TimeContext): string {
  return moment.grain === 'day' ? moment.day : dayOf(moment.at, time.zone);
}

/** The days of a period: the first, and the one after the last. */
function periodOf(
  period: Period,
  time: TimeContext,
): { readonly from: string; readonly until: string } {
  switch (period.kind) {
    case 'today':
    case 'yesterday':
    case 'tomorrow': {
      const day = addToDay(todayOf(time), DAYS_AWAY[period.kind], 'day');
      return { from: day, until: dayAfter(day) };
    }
    case 'calendar':
      return calendarPeriod(period.text);
    case 'this':
    case 'last':
    case 'next': {
      const from = startOfRelative(period, time);
      return { from, until: periodAfter(from, period.unit) };
    }
    default:
      return assertNever(period);
  }
}

function startOfRelative(
  { kind, unit }: Extract<Period, { readonly kind: 'this' | 'last' | 'next' }>,
  time: TimeContext,
): string {
  const current = startOfPeriod(todayOf(time), unit, time);
  if (kind === 'this') return current;
  if (kind === 'next') return periodAfter(current, unit);
  return startOfPeriod(addToDay(current, -1, 'day'), unit, time);
}

function calendarPeriod(text: string): { readonly from: string; readonly until: string } {
  const from = text.length === 4 ? `${text}-01-01` : text.length === 7 ? `${text}-01` : text;
  const unit = text.length === 4 ? 'year' : text.length === 7 ? 'month' : 'day';
  return { from, until: addToDay(from, 1, unit) };
}

function startOfPeriod(day: string, unit: PeriodUnit, time: TimeContext): string {
  switch (unit) {
    case 'week':
      // rule: operator-week
      return addToDay(day, -dayOfWeek(day, time.weekStart), 'day');
    case 'month':
      return `${day.slice(0, 7)}-01`;
    case 'quarter': {
      // rule: operator-during
      const month = Math.floor((Number(day.slice(5, 7)) - 1) / 3) * 3 + 1;
      return `${day.slice(0, 5)}${String(month).padStart(2, '0')}-01`;
    }
    case 'year':
      return `${day.slice(0, 4)}-01-01`;
    default:
      return assertNever(unit);
  }
}

function periodAfter(first: string, unit: PeriodUnit): string {
  return unit === 'quarter' ? addToDay(first, 3, 'month') : addToDay(first, 1, unit);
}
