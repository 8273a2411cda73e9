import { type Conversion, convertSegment } from '../../../segment/conversion.ts';
import { getSegment } from '../../../segment/lookup.ts';
import { dryRun } from '../../../store/index.ts';
import { EXIT } from '../../../support/errors.ts';
import { counted } from '../../../support/text.ts';
import { defineCommand } from '../../define-command.ts';
import { argument, flag, requiredValue, usage, value } from '../../options.ts';
import { choice, text } from '../../values.ts';

export default defineCommand({
  name: 'segments:convert',
  description:
    'Converts a segment at once. To static: members stay, the filter sleeps, pins dissolve. To dynamic, by its filter: with --keep drop members ' +
    'who do not match leave at the next update, with --keep pin all present members are pinned in.',
  arguments: { segment: argument('segment', 'an alias or id', text) },
  options: {
    to: requiredValue('--to <type>', 'static or dynamic', choice(['static', 'dynamic'])),
    keep: value('--keep <rule>', 'to dynamic: drop (default) or pin', choice(['drop', 'pin'])),
    dryRun: flag('--dry-run', 'say what would happen, write nothing'),
  },
  examples: ['rollcall segments:convert hot --to static --db crm.db', 'rollcall segments:convert newsletter --to dynamic --keep pin --dry-run --db crm.db'],
  exitCodes: [EXIT.refused],
  store: 'open',
  result: 'message',
  run: async (context, { segment: reference }, { to, keep, dryRun: isDry }) => {
    if (to === 'static' && keep !== undefined) throw usage('`--keep` is for conversions to dynamic', 'to static all members stay');
    const { alias, conversion } = await dryRun(context.store, isDry, async (tx) => {
      const segment = await getSegment(tx, reference);
      return { alias: segment.alias, conversion: await convertSegment(tx, segment, to, keep ?? 'drop', context) };
    });
    const { converted, members, matching, leaving, pinned, dissolved } = conversion;
    return {
      kind: 'message',
      text: inWords(alias, to, conversion, isDry),
      data: { segment: alias, to, converted, dry_run: isDry, members, matching, leaving, pinned, dissolved },
    };
  },
});

function inWords(alias: string, to: string, { converted, members, matching, leaving, pinned, dissolved }: Conversion, isDry: boolean): string {
  if (!converted) return `segment ${alias} is ${to} already`;
  const head = isDry ? `segment ${alias} would become ${to}` : `segment ${alias} is ${to} now`;
  if (matching === null) return `${head}: ${counted(members, 'member')} stay, ${counted(dissolved, 'pin')} dissolved`;
  const rest = pinned > 0 ? `${counted(pinned, 'member')} pinned in` : `${counted(leaving ?? 0, 'member')} will leave at the next update`;
  return `${head}: ${matching.toLocaleString('en-US')} of ${counted(members, 'member')} match its filter, ${rest}`;
}
