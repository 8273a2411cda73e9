/**
 * Finds the dates that lie between the bounds of two runs, because the clock, the zone or the week
 * start changed.
 */
import { addToDay, BEHIND_LAST_DAY } from '../support/time.ts';
import type { TimeContext } from './catalogue.ts';
import type { Moment, Place } from './dependencies.ts';
import { resolveRange, type DateRange } from './moments.ts';

/**
 * A moment resolved at one time, as plain JSON: an update stores it and the next one compares with
 * it.
 */
export interface Bounds {
  readonly place: Place;
  readonly range: DateRange;
}

/**
 * The dates between an old bound and its new one, both included: the answer may have changed for
 * rows with a date in there, and for no others. Anniversaries have months and days (`03-15`), and
 * their `low` is never after `high`. Null is unbounded.
 */
export type Crossing =
  | { readonly kind: 'days'; readonly place: Place; readonly low: string; readonly high: string }
  | {
      readonly kind: 'instants';
      readonly place: Place;
      readonly low: number;
      readonly high: number;
    }
  | {
      readonly kind: 'monthDays';
      readonly place: Place;
      readonly low: string;
      readonly high: string;
    };

/** The bounds of every moment of a filter at one time, in the same order. */
export function resolveMoments(moments: readonly Moment[], time: TimeContext): Bounds[] {
  return moments.map(({ place, test }) => ({
    place,
    range: resolveRange(test, grainOfPlace(place), time),
  }));
}

function grainOfPlace(place: Place): 'day' | 'instant' {
  if (place.kind === 'field') return place.grain;
  return place.kind === 'anniversary' || place.kind === 'properties' ? 'day' : 'instant';
}

/**
 * The dates crossed between two sets of bounds, in either direction. Both must come from the
 * moments of one filter.
 */
export function crossings(then: readonly Bounds[], now: readonly Bounds[]): Crossing[] {
  if (then.length !== now.length) throw new Error('bounds of different filters');
  return now.flatMap((bound, index) => {
    const before = then[index];
    return before === undefined
      ? []
      : [
          ...crossed(bound.place, before.range.from, bound.range.from),
          ...crossed(bound.place, before.range.until, bound.range.until),
        ];
  });
}

function crossed(place: Place, a: string | number | null, b: string | number | null): Crossing[] {
  if (a === b || a === null || b === null) return [];
  // rule: backwards
  if (typeof a === 'number' && typeof b === 'number')
    return [{ kind: 'instants', place, low: Math.min(a, b), high: Math.max(a, b) }];
  const [low, high] = [String(a), String(b)].sort();
  if (low === undefined || high === undefined) return [];
  return place.kind === 'anniversary'
    ? monthDays(place, low, high)
    : [{ kind: 'days', place, low, high }];
}

/**
 * The months and days between two days. 29 February counts as the 28th in common years, so both are
 * crossed at once.
 */
function monthDays(place: Place, low: string, high: string): Crossing[] {
  const end = high === BEHIND_LAST_DAY ? '9999-12-31' : high;
  if (end >= addToDay(low, 1, 'year'))
    return [{ kind: 'monthDays', place, low: '01-01', high: '12-31' }];
  const [first, last] = [low.slice(5), end.slice(5) === '02-28' ? '02-29' : end.slice(5)];
  if (low.slice(0, 4) === end.slice(0, 4))
    return [{ kind: 'monthDays', place, low: first, high: last }];
  return [
    { kind: 'monthDays', place, low: first, high: '12-31' },
    // rule: new-year
    { kind: 'monthDays', place, low: '01-01', high: last },
  ];
}
