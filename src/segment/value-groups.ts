import type { PlainValue } from '../contact/plain-values.ts';
import { isInstant } from '../support/instant.ts';
import { localTexts } from '../support/time.ts';

/** Up to so many numbers stand by themselves, and about as many ranges take the place of more. */
const MOST_NUMBERS = 10;
/** More months than these make years. */
const MOST_MONTHS = 24;
/** A part of this size at either end does not stretch the ranges: it has open ones. */
const OUTLIERS = 0.02;
/** What a step may be, times a power of ten. */
const STEPS = [1, 2, 5, 10];

/** What a value counts with: itself, a range, a month or a year. */
export type GroupOf = (value: PlainValue) => PlainValue;

const itself: GroupOf = (value) => value;

/** `2026-03-15` as `2026-03`. */
export const monthOfDay: GroupOf = (day) => (typeof day === 'string' ? monthIn(day) : day);

/** An instant as its month in a zone: `2026-03`. */
export function monthOfInstant(zone: string): GroupOf {
  const local = localTexts(zone);
  return (instant) =>
    typeof instant === 'number' && isInstant(instant) ? monthIn(local(instant)) : instant;
}

function monthIn(text: string): string {
  return /^[-+]?\d{4,}-\d\d/.exec(text)?.[0] ?? text;
}

/** Months as years, where there are many of them. */
export function groupMonths(months: Iterable<PlainValue>): GroupOf {
  if (new Set(months).size <= MOST_MONTHS) return itself;
  return (month) => (typeof month === 'string' ? month.replace(/(?<=\d{4})-\d\d$/, '') : month);
}

/** How often each number is there. */
type Counts = readonly (readonly [value: PlainValue, count: number])[];

/**
 * Numbers as ranges of even steps, which begin and end at round numbers: `10 to 19` where all are
 * whole, else `10 to below 20`. Those far from most others are `below 10`, `100 or more`.
 */
export function groupNumbers(counts: Counts): GroupOf {
  const finite = counts
    .flatMap(([value, count]) =>
      typeof value === 'number' && Number.isFinite(value) ? [[value, count] as const] : [],
    )
    .sort(([one], [other]) => one - other);
  const isWhole = finite.every(([value]) => Number.isInteger(value));
  const [first, last] = usualEnds(finite);
  const step = stepFor(last - first, isWhole);
  if (finite.length <= MOST_NUMBERS || step === undefined) return itself;
  const ends = { from: Math.floor(first / step), until: Math.floor(last / step) + 1 };
  return (value) => (typeof value === 'number' ? rangeOf(value, step, ends, isWhole) : value);
}

/** The ends of what most have; all of it where most have the same. */
function usualEnds(sorted: readonly (readonly [number, number])[]): readonly [number, number] {
  const total = sorted.reduce((sum, [, count]) => sum + count, 0);
  const first = quantile(sorted, total * OUTLIERS);
  const last = quantile(sorted, total * (1 - OUTLIERS));
  return first < last ? [first, last] : [sorted[0]?.[0] ?? 0, sorted.at(-1)?.[0] ?? 0];
}

function quantile(sorted: readonly (readonly [number, number])[], rank: number): number {
  let passed = 0;
  for (const [value, count] of sorted) {
    passed += count;
    if (passed >= rank) return value;
  }
  return 0;
}

/** A round step of which there are at most ten; undefined where numbers are too far apart for any. */
function stepFor(width: number, isWhole: boolean): number | undefined {
  const least = width / (MOST_NUMBERS - 1);
  const power = 10 ** Math.floor(Math.log10(least));
  const step = round((STEPS.find((each) => each * power >= least) ?? 10) * power);
  if (!Number.isFinite(step) || step <= 0) return undefined;
  return isWhole ? Math.max(1, step) : step;
}

/** Steps are counted from 0. */
function rangeOf(
  value: number,
  step: number,
  { from, until }: { readonly from: number; readonly until: number },
  isWhole: boolean,
): string {
  const place = Math.floor(round(value / step));
  if (place < from) return `below ${round(from * step)}`;
  if (place >= until) return `${round(until * step)} or more`;
  const [start, end] = [round(place * step), round((place + 1) * step)];
  if (!isWhole) return `${start} to below ${end}`;
  return step === 1 ? String(start) : `${start} to ${end - 1}`;
}

/** Without what multiples of 0.1 have behind their digits. */
function round(number: number): number {
  return Number(number.toPrecision(12));
}
