import { type Planned, planInWords, type PlanRequest } from '../../segment/conversion-plan.ts';
import type { SegmentRow } from '../../store/index.ts';
import { formatInstant } from '../../support/instant.ts';
import type { WriteInstant } from '../../support/local-instant.ts';
import type { MessageResult } from '../output/result.ts';
import { wouldBe } from './dry-run.ts';

/** What was asked of the plan of a segment, and what holds then. */
export interface PlannedSegment {
  readonly segment: SegmentRow;
  readonly request: PlanRequest;
  readonly planned: Planned;
  readonly isDry: boolean;
}

/** What `segments:convert` tells of a plan. */
export function planResult(plan: PlannedSegment, clock: Clock): MessageResult {
  const { planned, isDry } = plan;
  const told = inWords(plan, clock);
  const text = isDry && planned.changed ? wouldBe(told) : told;
  return { kind: 'message', text, data: dataOf(plan) };
}

function dataOf({ segment, planned, isDry }: PlannedSegment): Record<string, unknown> {
  const { changed, plan, convertsAt } = planned;
  return {
    segment: segment.alias,
    changed,
    dry_run: isDry,
    convert_on: plan?.kind === 'on' ? plan.day : null,
    convert_after_inactivity: plan?.kind === 'inactivity' ? plan.period : null,
    convert_planned_at: plan === null ? null : formatInstant(plan.plannedAt),
    converts_at: convertsAt === null ? null : formatInstant(convertsAt),
  };
}

interface Clock {
  readonly now: number;
  readonly instant: WriteInstant;
}

function inWords(
  { segment: { alias, kind }, request, planned }: PlannedSegment,
  clock: Clock,
): string {
  const { changed, plan, was, convertsAt } = planned;
  if (kind === 'static') return `segment ${alias} is static already: there is nothing to plan`;
  if (plan === null)
    return changed && was !== null
      ? `segment ${alias} stays dynamic: it is no longer planned to become static ` +
          planInWords(was)
      : `nothing is planned for segment ${alias}`;
  const head = `segment ${alias} becomes static ${planInWords(plan)}`;
  const instead = changed && was !== null ? `, not ${planInWords(was)}` : '';
  const already = changed || request.kind === 'never' ? '' : ', as planned already';
  return `${head}${instead}${already}: ${whenInWords(convertsAt, clock)}`;
}

function whenInWords(convertsAt: number | null, { now, instant }: Clock): string {
  if (convertsAt === null) return 'nobody can tell when';
  return convertsAt <= now
    ? 'that is at the next update'
    : `as things stand at the first update from ${instant(convertsAt)} on`;
}
