import type { ConversionPlan, SegmentKind, WriteTx } from '../../store/index.ts';
import { convertSegment } from '../conversion.ts';
import { convertsAt, planOf } from '../conversion-plan.ts';

/** What a run did at its beginning because its time had come. */
export interface Due {
  /** Segments in which pins ended, in order of id, and how many did. */
  readonly ended: readonly {
    readonly segmentId: number;
    readonly alias: string;
    readonly kind: SegmentKind;
    readonly pins: number;
  }[];
  /**
   * Segments that were converted to static, in order of id: the plan that was carried out, and how
   * many contacts stay removed.
   */
  readonly converted: readonly {
    readonly segmentId: number;
    readonly alias: string;
    readonly plan: ConversionPlan;
    readonly pinnedOut: number;
  }[];
}

/** The author of the change that a planned conversion leaves in a segment's versions. */
const PLANNED = 'planned conversion';

/**
 * Ends the pins that are due by `now` (epoch ms), then carries out the conversions that are due, in
 * all segments, and records both with the run. Members stay: while the segment is dynamic, the
 * filter decides about them at its build. Call this in the transaction in which the run begins,
 * before the run marks how far the log reached.
 */
export async function carryOutDue(
  tx: WriteTx,
  { now, runId }: { readonly now: number; readonly runId: number },
): Promise<Due> {
  const segments = await tx.segments.list();
  // rule: pins-end
  const ended = await endPins(tx, segments, now);
  const converted = await convertAsPlanned(tx, segments, { now, runId });
  const endedPins = ended.reduce((sum, { pins }) => sum + pins, 0);
  if (endedPins + converted.length > 0)
    await tx.runs.recordDue(runId, { endedPins, converted: converted.length });
  return { ended, converted };
}

type Segments = Awaited<ReturnType<WriteTx['segments']['list']>>;

async function endPins(tx: WriteTx, segments: Segments, now: number): Promise<Due['ended']> {
  const known = new Map(segments.map((segment) => [segment.id, segment]));
  return (await tx.pins.end(now)).map(({ segmentId, pins }) => {
    const { alias = `segment ${segmentId}`, kind = 'dynamic' } = known.get(segmentId) ?? {};
    return { segmentId, alias, kind, pins };
  });
}

async function convertAsPlanned(
  tx: WriteTx,
  segments: Segments,
  { now, runId }: { readonly now: number; readonly runId: number },
): Promise<Due['converted']> {
  const { timezone } = await tx.settings.get();
  const converted: Due['converted'][number][] = [];
  for (const segment of segments) {
    const plan = planOf(segment);
    // rule: plans-zone
    const at = convertsAt(segment, timezone);
    if (plan === null || at === null || at > now) continue;
    const { pinnedOut } = await convertSegment(tx, segment, 'static', 'drop', {
      now,
      by: PLANNED,
      runId,
    });
    converted.push({ segmentId: segment.id, alias: segment.alias, plan, pinnedOut });
  }
  return converted;
}
