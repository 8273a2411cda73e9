import type { PlanRequest } from '../../segment/conversion-plan.ts';
import { flag, usage, value, type ValuesOf } from './options.ts';
import { text } from './values.ts';

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

type GivenPlan = ValuesOf<typeof planOptions>;

/**
 * What is to be planned; undefined when the conversion is for now. `UserError` (2) when the options
 * do not go together.
 */
export function planRequest(
  to: 'static' | 'dynamic' | undefined,
  given: GivenPlan,
): PlanRequest | undefined {
  const [request, second] = requestsIn(given);
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

function requestsIn({ on, afterInactivity, never }: GivenPlan): PlanRequest[] {
  const requests: PlanRequest[] = [];
  if (on !== undefined) requests.push({ kind: 'on', date: on });
  if (afterInactivity !== undefined) requests.push({ kind: 'inactivity', period: afterInactivity });
  if (never) requests.push({ kind: 'never' });
  return requests;
}
