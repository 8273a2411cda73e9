import { addToDay, type CalendarUnit, dayOf, dayOfWeek, startOfDay } from '../support/time.ts';

export const PERIOD_UNITS = ['day', 'week', 'month'] as const;
export type PeriodUnit = (typeof PERIOD_UNITS)[number];

/** A day, an ISO week (from Monday on) or a month of a zone's calendar, with its ends (epoch ms). */
export interface Period {
  /** `2026-03-01`, `2026-W09`, `2026-03` */
  readonly name: string;
  readonly from: number;
  /** The first instant after it. */
  readonly until: number;
}

/** The periods from the one that holds an instant on, one after the other. */
export function* periodsFrom(instant: number, unit: PeriodUnit, zone: string): Generator<Period> {
  let day = firstDayOf(dayOf(instant, zone), unit);
  for (;;) {
    const next = addToDay(day, 1, unit satisfies CalendarUnit);
    if (next <= day) return;
    yield { name: nameOf(day, unit), from: startOfDay(day, zone), until: startOfDay(next, zone) };
    day = next;
  }
}

function firstDayOf(day: string, unit: PeriodUnit): string {
  switch (unit) {
    case 'day':
      return day;
    case 'week':
      return addToDay(day, -dayOfWeek(day, 'monday'), 'day');
    case 'month':
      return `${day.slice(0, -2)}01`;
  }
}

function nameOf(day: string, unit: PeriodUnit): string {
  switch (unit) {
    case 'day':
      return day;
    case 'week':
      return isoWeek(day);
    case 'month':
      return day.slice(0, -3);
  }
}

/** The week that begins on this Monday: it belongs to the year in which its Thursday is. */
function isoWeek(monday: string): string {
  const thursday = addToDay(monday, 3, 'day');
  const year = thursday.slice(0, 4);
  const dayOfYear = (Date.parse(thursday) - Date.parse(`${year}-01-01`)) / 86_400_000;
  return `${year}-W${String(Math.floor(dayOfYear / 7) + 1).padStart(2, '0')}`;
}
