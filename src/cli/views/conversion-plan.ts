import { timeContext } from '../../contact/time-context.ts';
import {
  type Planned,
  planConversion,
  planInWords,
  type PlanRequest,
} from '../../segment/conversion-plan.ts';
import { getSegment } from '../../segment/lookup.ts';
import { formatInstant } from '../../support/clock.ts';
import { dryRun, type SegmentRow } from '../../store/index.ts';
import type { WriteInstant } from '../../support/local-instant.ts';
import type { StoreContext } from '../context.ts';
import { flag, usage, value } from '../options/options.ts';
import type { MessageResult } from '../output/result.ts';
import { text } from '../options/values.ts';

/** The options that plan a conversion instead of doing it. */
export const planOptions = {
  on: value(
    '--on <date>',
    "to static on that day, in the store's zone: 2026-04-01, 'today + 30 days'",
    text,
  ),
  afterInactivity: value(
    '--after-inactivity <period>',
    'to static when nobody joined or left for so long: 30d, 6w or 1m (a month)',
    text,
  ),
  never: flag('--never', 'cancel what is planned'),
} as const;

/**
 * What is to be planned; undefined when the conversion is for now. `UserError` (2) when the options
 * do not go together.
 */
export function planRequest(
  to: 'static' | 'dynamic' | undefined,
  {
    on,
    afterInactivity,
    never,
  }: {
    readonly on: string | undefined;
    readonly afterInactivity: string | undefined;
    readonly never: boolean;
  },
): PlanRequest | undefined {
  const requests: PlanRequest[] = [
    ...(on === undefined ? [] : [{ kind: 'on', date: on } as const]),
    ...(afterInactivity === undefined
      ? []
      : [{ kind: 'inactivity', period: afterInactivity } as const]),
    ...(never ? [{ kind: 'never' } as const] : []),
  ];
  const [request, second] = requests;
  if (second !== undefined)
    throw usage(
      '`--on`, `--after-inactivity` and `--never` exclude each other',
      'a segment has one plan: give one of them',
    );
  if (request !== undefined && to === 'dynamic')
    throw usage(
      'only a conversion to static can be planned',
      'leave out --on, --after-inactivity and --never to convert to dynamic at once',
    );
  if (request !== undefined && request.kind !== 'never' && to === undefined)
    throw usage('`--to <type>` is missing', 'to plan: --to static');
  return request;
}

/** Plans or cancels, and says what holds then. */
export async function planResult(
  context: StoreContext,
  reference: string,
  request: PlanRequest,
  isDry: boolean,
): Promise<MessageResult> {
  const { segment, planned } = await dryRun(context.store, isDry, async (tx) => {
    const found = await getSegment(tx, reference);
    return {
      segment: found,
      planned: await planConversion(tx, found, request, await timeContext(tx, context.now)),
    };
  });
  const { changed, plan, convertsAt } = planned;
  const clock = { now: context.now, instant: await context.instants() };
  return {
    kind: 'message',
    text: `${isDry && changed ? 'dry run, nothing was changed: ' : ''}${inWords(segment, request, planned, clock)}`,
    data: {
      segment: segment.alias,
      changed,
      dry_run: isDry,
      convert_on: plan?.kind === 'on' ? plan.day : null,
      convert_after_inactivity: plan?.kind === 'inactivity' ? plan.period : null,
      convert_planned_at: plan === null ? null : formatInstant(plan.plannedAt),
      converts_at: convertsAt === null ? null : formatInstant(convertsAt),
    },
  };
}

interface Clock {
  readonly now: number;
  readonly instant: WriteInstant;
}

function inWords(
  { alias, kind }: SegmentRow,
  request: PlanRequest,
  { changed, plan, was, convertsAt }: Planned,
  clock: Clock,
): string {
  if (kind === 'static') return `segment ${alias} is static already: there is nothing to plan`;
  if (plan === null)
    return changed && was !== null
      ? `segment ${alias} stays dynamic: it is no longer planned to become static ${planInWords(was)}`
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
