import { type Conversion, convertSegment } from '../../../../segment/conversion.ts';
import { getSegment } from '../../../../segment/lookup.ts';
import { dryRun } from '../../../../store/index.ts';
import { EXIT } from '../../../../support/errors.ts';
import { counted, grouped } from '../../../../support/text.ts';
import type { StoreContext } from '../../../context.ts';
import { defineCommand } from '../../../define-command.ts';
import { argument, flag, usage, value } from '../../../options/options.ts';
import type { MessageResult } from '../../../output/result.ts';
import { choice, text } from '../../../options/values.ts';
import { planOptions, planRequest, planResult } from '../../../views/conversion-plan.ts';
import { removed } from '../../../views/removed.ts';

export default defineCommand({
  name: 'segments:convert',
  description:
    'Converts a segment at once, or plans it. To static: members stay, the filter sleeps, who is pinned in is a plain ' +
    'member. To dynamic, by its filter: with --keep drop members who do not match leave at the next update, with --keep ' +
    'pin all present members are pinned in. Who is removed stays so both ways. A plan, with --on or --after-inactivity, is carried out by the ' +
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
  run: async (context, { segment }, { to, keep, dryRun: isDry, ...plan }) => {
    const request = planRequest(to, plan);
    if (to !== 'dynamic' && keep !== undefined)
      throw usage('`--keep` is for conversions to dynamic', 'to static all members stay');
    if (request !== undefined) return planResult(context, segment, request, isDry);
    if (to === undefined) throw usage('`--to <type>` is missing', 'give static or dynamic');
    return convert(context, segment, { to, keep: keep ?? 'drop', isDry });
  },
});

async function convert(
  context: StoreContext,
  reference: string,
  {
    to,
    keep,
    isDry,
  }: { readonly to: 'static' | 'dynamic'; readonly keep: 'drop' | 'pin'; readonly isDry: boolean },
): Promise<MessageResult> {
  const { alias, conversion } = await dryRun(context.store, isDry, async (tx) => {
    const segment = await getSegment(tx, reference);
    return {
      alias: segment.alias,
      conversion: await convertSegment(tx, segment, to, keep, context),
    };
  });
  const { converted, members, matching, leaving, pinned, dissolved, pinnedOut } = conversion;
  return {
    kind: 'message',
    text: inWords(alias, to, conversion, isDry),
    data: {
      segment: alias,
      to,
      converted,
      dry_run: isDry,
      members,
      matching,
      leaving,
      pinned,
      dissolved,
      pinned_out: pinnedOut,
    },
  };
}

function inWords(
  alias: string,
  to: string,
  { converted, members, matching, leaving, pinned, dissolved, pinnedOut }: Conversion,
  isDry: boolean,
): string {
  if (!converted) return `segment ${alias} is ${to} already`;
  const head = isDry ? `segment ${alias} would become ${to}` : `segment ${alias} is ${to} now`;
  const kept = pinnedOut === 0 ? '' : `, ${removed(pinnedOut)}`;
  if (matching === null)
    return `${head}: ${counted(members, 'member')} stay, ${counted(dissolved, 'pin')} dissolved${kept}`;
  const rest =
    pinned > 0
      ? `${counted(pinned, 'member')} pinned in`
      : `${counted(leaving ?? 0, 'member')} will leave at the next update`;
  return `${head}: ${grouped(matching)} of ${counted(members, 'member')} match its filter, ${rest}${kept}`;
}
