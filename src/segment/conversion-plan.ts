import { toInstant } from '../contact/read-instant.ts';
import type { TimeContext } from '../filter/index.ts';
import type { ConversionPlan, SegmentRow, WriteTx } from '../store/index.ts';
import { assertNever, EXIT, UserError } from '../support/errors.ts';
import { addCalendar, addExact, dayOf, isDay, startOfDay } from '../support/time.ts';

/**
 * What to plan: a conversion on a date (as filters write it) or after a period without change;
 * `never` cancels the plan.
 */
export type PlanRequest =
  | { readonly kind: 'on'; readonly date: string }
  | { readonly kind: 'inactivity'; readonly period: string }
  | { readonly kind: 'never' };

/**
 * What planning changed. `was` is the plan before; `convertsAt` is when the new plan would be due
 * if no member joined or left from now on (epoch ms).
 */
export interface Planned {
  readonly changed: boolean;
  readonly plan: ConversionPlan | null;
  readonly was: ConversionPlan | null;
  readonly convertsAt: number | null;
}

const PERIOD = /^([1-9]\d{0,3})([dwm])$/;

/**
 * Plans that a dynamic segment becomes static, replacing any earlier plan, or cancels the plan.
 * Nothing changes in a segment that is static already. `UserError` (2): the text is no date, the
 * day is over, or the text is no period.
 */
export async function planConversion(
  tx: WriteTx,
  segment: SegmentRow,
  request: PlanRequest,
  time: TimeContext,
): Promise<Planned> {
  const was = planOf(segment);
  const wanted = request.kind === 'never' ? null : readPlan(request, time);
  if (segment.kind === 'static' || samePlan(wanted, was))
    return { changed: false, plan: was, was, convertsAt: convertsAt(segment, time.zone) };
  await tx.segments.plan(segment.id, wanted);
  return {
    changed: true,
    plan: wanted,
    was,
    convertsAt: convertsAt({ ...segment, plan: wanted }, time.zone),
  };
}

/** The segment's plan. A static segment has none, even if the store holds one. */
export function planOf({ kind, plan }: Pick<SegmentRow, 'kind' | 'plan'>): ConversionPlan | null {
  return kind === 'dynamic' ? plan : null;
}

/**
 * When the plan is due (epoch ms): the first instant of its day in the store's zone; or its period
 * after the last member joined or left, or after the plan was made if nobody ever did. Null without
 * a plan, or when the stored plan cannot be read.
 */
export function convertsAt(
  segment: Pick<SegmentRow, 'kind' | 'plan' | 'movedAt'>,
  zone: string,
): number | null {
  const plan = planOf(segment);
  if (plan === null) return null;
  switch (plan.kind) {
    case 'on':
      return isDay(plan.day) ? startOfDay(plan.day, zone) : null;
    case 'inactivity':
      // rule: plans-rest, plans-never-moved
      return after(segment.movedAt ?? plan.plannedAt, plan.period, zone);
    default:
      return assertNever(plan);
  }
}

/** `on 2026-04-01`, `after 30d without a change of its members` */
export function planInWords(plan: ConversionPlan): string {
  return plan.kind === 'on'
    ? `on ${plan.day}`
    : `after ${plan.period} in which nobody joined or left`;
}

function readPlan(
  request: Exclude<PlanRequest, { kind: 'never' }>,
  time: TimeContext,
): ConversionPlan {
  if (request.kind === 'on')
    return { kind: 'on', day: readDay(request.date, time), plannedAt: time.now };
  const period = request.period.trim().toLowerCase();
  if (PERIOD.test(period)) return { kind: 'inactivity', period, plannedAt: time.now };
  throw new UserError(
    'NOT_A_PERIOD',
    EXIT.usage,
    `\`--after-inactivity ${request.period}\` is not a period`,
    { hint: 'write 30d, 6w or 1m: days, weeks or months' },
  );
}

function readDay(text: string, time: TimeContext): string {
  const instant = toInstant(text, time);
  const day = typeof instant === 'number' ? dayNamed(instant, time.zone) : undefined;
  if (day === undefined)
    throw new UserError('NOT_A_DATE', EXIT.usage, `\`--on ${text}\` is not a day`, {
      hint: "write 2026-04-01, tomorrow or 'today + 30 days'",
    });
  const today = dayOf(time.now, time.zone);
  if (day >= today) return day;
  throw new UserError('PAST', EXIT.usage, `\`--on ${text}\` is over: today is ${today}`, {
    hint: 'name a day to come, or leave out --on to convert at once',
  });
}

/** The day that begins at this instant; undefined when no day begins there. */
function dayNamed(instant: number, zone: string): string | undefined {
  const day = dayOf(instant, zone);
  return isDay(day) && startOfDay(day, zone) === instant ? day : undefined;
}

/** Whether two plans say the same; when they were made does not count. */
function samePlan(a: ConversionPlan | null, b: ConversionPlan | null): boolean {
  const what = (plan: ConversionPlan | null): string | undefined =>
    plan?.kind === 'on' ? plan.day : plan?.period;
  return a?.kind === b?.kind && what(a) === what(b);
}

/**
 * Days and weeks have a fixed length; months follow the zone's calendar, as in windows of filters.
 */
function after(instant: number, period: string, zone: string): number | null {
  const [, count, unit] = PERIOD.exec(period) ?? [];
  if (count === undefined) return null;
  if (unit === 'm') return addCalendar(instant, Number(count), 'month', zone);
  return addExact(instant, Number(count), unit === 'w' ? 'week' : 'day');
}
