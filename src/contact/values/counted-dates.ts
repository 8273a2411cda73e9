import { dayOf, instantOf, startOfDay } from '../../support/time.ts';

/** What dates may be counted from: days in a spreadsheet, or seconds or milliseconds since 1970. */
export const COUNTS = ['excel', 'unix', 'unix-ms'] as const;
export type CountedFrom = (typeof COUNTS)[number];

const DAY_MS = 86_400_000;
const FIRST_MS = Date.parse('0000-01-01T00:00:00Z');
const LAST_MS = Date.parse('9999-12-31T23:59:59.999Z');

/** Day 0 of Excel, for days after the 29 February 1900 that there never was (day 60). */
const EXCEL_ZERO = Date.parse('1899-12-30T00:00:00Z');
const MISSING_DAY = 60;

/** What a count means: an instant, or for Excel the time that clocks of the store's zone show. */
interface Counted {
  readonly ms: number;
  readonly isLocal: boolean;
}

/** Reads a count. Undefined for what is none, or lies outside the years 1 to 9999. */
function readCount(text: string, from: CountedFrom): Counted | undefined {
  const number = /^-?\d+(?:[.,]\d+)?$/.test(text) ? Number(text.replace(',', '.')) : NaN;
  const ms =
    from === 'excel' ? excelMs(number) : Math.trunc(from === 'unix' ? number * 1000 : number);
  return ms >= FIRST_MS && ms <= LAST_MS ? { ms, isLocal: from === 'excel' } : undefined;
}

function excelMs(serial: number): number {
  const days = Math.floor(serial);
  if (days < 1 || days === MISSING_DAY) return NaN;
  return EXCEL_ZERO + (days < MISSING_DAY ? DAY_MS : 0) + Math.round(serial * DAY_MS);
}

/** The instant that a count means, in epoch milliseconds. */
export function countedInstant(text: string, from: CountedFrom, zone: string): number | undefined {
  const counted = readCount(text, from);
  if (counted === undefined) return undefined;
  return counted.isLocal ? instantOf(isoText(counted.ms).slice(0, -1), zone) : counted.ms;
}

export interface CountedDay {
  readonly day: string;
  /** Whether it is the day itself, and not a time within it. */
  readonly isWhole: boolean;
}

/**
 * The day that a count means. A day begins at midnight of UTC or of the zone, for programs count
 * from either.
 */
export function countedDay(text: string, from: CountedFrom, zone: string): CountedDay | undefined {
  const counted = readCount(text, from);
  if (counted === undefined) return undefined;
  const { ms, isLocal } = counted;
  if (isLocal || ms % DAY_MS === 0)
    return { day: isoText(ms).slice(0, 10), isWhole: ms % DAY_MS === 0 };
  const day = dayOf(ms, zone);
  return { day, isWhole: startOfDay(day, zone) === ms };
}

function isoText(ms: number): string {
  return new Date(ms).toISOString();
}

/** What a number in a column of dates looks like, if it is of our time. */
export function likelyCount(text: string): CountedFrom | undefined {
  if (/^[1-9]\d{4}(?:[.,]\d+)?$/.test(text)) return 'excel';
  if (/^[1-9]\d{8,9}(?:[.,]\d+)?$/.test(text)) return 'unix';
  return /^[1-9]\d{11,12}$/.test(text) ? 'unix-ms' : undefined;
}
