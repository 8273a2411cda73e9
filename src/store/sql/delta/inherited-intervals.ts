/** A time in a segment, with the causes by which it began and ended; `until` may be Infinity. */
export interface Interval {
  readonly from: number;
  readonly until: number;
  readonly fromCause: number;
  readonly untilCause: number;
}

/**
 * What somebody inherits of the intervals of others: these joined where they overlap or touch, less
 * the times for which there are intervals of one's own.
 */
export function inheritedIntervals(
  own: readonly Interval[],
  theirs: readonly Interval[],
): Interval[] {
  const known = joined(own);
  return joined(theirs)
    .flatMap((interval) => without(interval, known))
    .filter(isTime);
}

/** In order of time; no two of them touch. */
function joined(intervals: readonly Interval[]): Interval[] {
  const result: Interval[] = [];
  for (const next of intervals.filter(isTime).sort((a, b) => a.from - b.from)) {
    const last = result.at(-1);
    if (last === undefined || next.from > last.until) result.push(next);
    else if (next.until > last.until)
      result[result.length - 1] = { ...last, until: next.until, untilCause: next.untilCause };
  }
  return result;
}

/** The parts of an interval that none of the others covers, which are in order. */
function without(interval: Interval, others: readonly Interval[]): Interval[] {
  const parts: Interval[] = [];
  let rest = interval;
  for (const other of others) {
    if (other.until <= rest.from || other.from >= rest.until) continue;
    parts.push({ ...rest, until: other.from, untilCause: other.fromCause });
    rest = { ...rest, from: other.until, fromCause: other.untilCause };
  }
  return [...parts, rest];
}

function isTime({ from, until }: Interval): boolean {
  return from < until;
}
