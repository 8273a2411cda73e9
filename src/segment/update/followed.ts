import { addById } from '../../support/add-by-id.ts';
import { IdList } from '../../support/id-list.ts';
import type { Firing } from '../triggers/firing.ts';
import type { Named, SegmentReport, Timing } from './request.ts';

/*
 * A run asks triggers several times and may build a segment again after they fired. What is told of
 * it is told once.
 */

/** What a run has done so far. */
export interface Followed {
  readonly reports: readonly SegmentReport[];
  readonly triggers: readonly Firing[];
}

export function addReports(
  before: readonly SegmentReport[],
  after: readonly SegmentReport[],
): SegmentReport[] {
  return addById(before, after, ({ segmentId }) => segmentId, addReport);
}

/** The second build says how the segment is now, the first one how it was built if that did more. */
function addReport(one: SegmentReport, other: SegmentReport): SegmentReport {
  const { mode, reason } = other.mode === 'skip' || other.mode === null ? one : other;
  return {
    ...other,
    ...{ mode, reason },
    joined: one.joined + other.joined,
    left: one.left + other.left,
    ms: one.ms + other.ms,
    timing: addTiming(one.timing, other.timing),
    named: addNamed(one.named, other.named),
  };
}

function addTiming(one: Timing | undefined, other: Timing | undefined): Timing | undefined {
  if (one === undefined || other === undefined) return other ?? one;
  return {
    planMs: one.planMs + other.planMs,
    evaluateMs: one.evaluateMs + other.evaluateMs,
    writeMs: one.writeMs + other.writeMs,
  };
}

function addNamed(one: Named | undefined, other: Named | undefined): Named | undefined {
  if (one === undefined || other === undefined) return other ?? one;
  return {
    joining: addIds(one.joining, other.joining),
    leaving: addIds(one.leaving, other.leaving),
  };
}

function addIds(one: IdList, other: IdList): IdList {
  const all = new IdList();
  for (const id of [...new Set([...one, ...other])].sort((a, b) => a - b)) all.add(id);
  return all;
}
