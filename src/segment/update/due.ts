import type { ConversionPlan, SegmentKind, WriteTx } from '../../store/index.ts';
import { convertSegment } from '../conversion.ts';
import { convertsAt, planOf } from '../conversion-plan.ts';

/** What a run did at its beginning because its time had come. */
export interface Due {
  /** Segments in which pins ended, by id, with how many. */
  readonly ended: readonly {
    readonly segmentId: number;
    readonly alias: string;
    readonly kind: SegmentKind;
    readonly pins: number;
  }[];
  /**
   * Segments that were converted to static, by id, with what had been planned, and how many
   * contacts stay removed.
   */
  readonly converted: readonly {
    readonly segmentId: number;
    readonly alias: string;
    readonly plan: ConversionPlan;
    readonly pinnedOut: number;
  }[];
}

/** Whoever looks at a segment's versions sees who converted it. */
const PLANNED = 'planned conversion';

/**
 * Ends the pins whose time is over by `now` (epoch ms), then carries out the conversions that are
 * due, of all segments, and records both with the run. Members stay: of a segment that is still
 * dynamic the filter decides when it is built. To be called in the transaction in which the run
 * begins, before it tells what was logged until then from what comes.
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
