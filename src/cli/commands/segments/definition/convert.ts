import { timeContext } from '../../../../contact/time-context.ts';
import { planConversion, type PlanRequest } from '../../../../segment/conversion-plan.ts';
import { convertSegment } from '../../../../segment/conversion.ts';
import { getSegment } from '../../../../segment/lookup.ts';
import { dryRun } from '../../../../store/index.ts';
import { EXIT } from '../../../../support/errors.ts';
import { actionIn, type StoreContext } from '../../../context.ts';
import { defineCommand } from '../../../define-command.ts';
import { argument, flag, usage, value } from '../../../options/options.ts';
import { planOptions, planRequest } from '../../../options/plan-options.ts';
import { choice, text } from '../../../options/values.ts';
import type { MessageResult } from '../../../output/result.ts';
import { planResult } from '../../../views/conversion-plan.ts';
import { conversionResult } from '../../../views/conversion.ts';

export default defineCommand({
  name: 'segments:convert',
  description:
    'Converts a segment at once, or plans it. To static: members stay, the filter sleeps, who ' +
    'is pinned in is a plain ' +
    'member. To dynamic, by its filter: with --keep drop members who do not match leave at ' +
    'the next update, with --keep ' +
    'pin all present members are pinned in. Who is removed stays so both ways. A plan, with ' +
    '--on or --after-inactivity, is carried out by the ' +
    'first segments:update at or after its time; another takes its place, --never cancels it.',
  arguments: { segment: argument('segment', 'an alias or id', text) },
  options: {
    to: value(
      '--to <type>',
      'static or dynamic (required, but for --never)',
      choice(['static', 'dynamic']),
    ),
    keep: value('--keep <rule>', 'to dynamic: drop (default) or pin', choice(['drop', 'pin'])),
    ...planOptions,
    dryRun: flag('--dry-run', 'say what would happen, write nothing'),
  },
  examples: [
    'rollcall segments:convert hot --to static --db crm.db',
    'rollcall segments:convert newsletter --to dynamic --keep pin --dry-run --db crm.db',
    'rollcall segments:convert hot --to static --after-inactivity 30d --db crm.db',
    'rollcall segments:convert hot --never --db crm.db',
  ],
  exitCodes: [EXIT.refused],
  store: 'open',
  result: 'message',
  run: async (context, { segment }, { to, keep, dryRun: isDry, ...planned }) => {
    const request = planRequest(to, planned);
    if (to !== 'dynamic' && keep !== undefined)
      throw usage('`--keep` is for conversions to dynamic', 'to static all members stay');
    if (request !== undefined) return plan(context, segment, request, isDry);
    if (to === undefined) throw usage('`--to <type>` is missing', 'give static or dynamic');
    return convert(context, segment, { to, keep: keep ?? 'drop', isDry });
  },
});

interface Conversion {
  readonly to: 'static' | 'dynamic';
  readonly keep: 'drop' | 'pin';
  readonly isDry: boolean;
}

async function convert(
  context: StoreContext,
  reference: string,
  { to, keep, isDry }: Conversion,
): Promise<MessageResult> {
  return dryRun(context.store, isDry, async (tx) => {
    const segment = await getSegment(tx, reference);
    const conversion = await convertSegment(tx, segment, to, keep, actionIn(tx, context));
    return conversionResult({ alias: segment.alias, to, conversion, isDry });
  });
}

/** Plans or cancels. */
async function plan(
  context: StoreContext,
  reference: string,
  request: PlanRequest,
  isDry: boolean,
): Promise<MessageResult> {
  const done = await dryRun(context.store, isDry, async (tx) => {
    const segment = await getSegment(tx, reference);
    const time = await timeContext(tx, tx.now);
    return { segment, planned: await planConversion(tx, segment, request, time), now: tx.now };
  });
  const clock = { now: done.now, instant: await context.instants() };
  return planResult({ ...done, request, isDry }, clock);
}
