import type { IdRange } from './batches.ts';
import type { NextRange } from './desk.ts';

/** Ranges of contacts that several threads share: each takes the next that nobody has taken. */
export interface SharedRanges {
  readonly ranges: readonly IdRange[];
  /** By range, the number of the thread that took it; 0 of one that is free. All threads see it. */
  readonly takers: Int32Array;
}

const FREE = 0;

export function shareRanges(ranges: readonly IdRange[]): SharedRanges {
  const bytes = ranges.length * Int32Array.BYTES_PER_ELEMENT;
  return { ranges, takers: new Int32Array(new SharedArrayBuffer(bytes)) };
}

/** Takes one free range after the other. A thread that dies may do so between any two steps. */
export function takeEach({ ranges, takers }: SharedRanges, taker: number): NextRange {
  let next = 0;
  return async () => {
    for (; next < ranges.length; next += 1)
      if (Atomics.compareExchange(takers, next, FREE, taker) === FREE) return ranges[next++];
    return undefined;
  };
}

/** Makes those free that this one took, and has not read. */
export function giveBack({ takers }: SharedRanges, taker: number): void {
  for (let at = 0; at < takers.length; at += 1) Atomics.compareExchange(takers, at, taker, FREE);
}

export function areAllTaken({ takers }: SharedRanges): boolean {
  return !takers.includes(FREE);
}
