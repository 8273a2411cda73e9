import { updateSegments } from '../../../segment/update/run.ts';
import { defineCommand } from '../../define-command.ts';
import { EXIT } from '../../../support/errors.ts';
import { restArguments, valueOr } from '../../options.ts';
import { text } from '../../values.ts';
import { lockPolicy } from './lock-policy.ts';
import { updateResult } from './update-report.ts';

export default defineCommand({
  name: 'segments:update',
  description:
    'Makes every published dynamic segment true as of one instant, or the named ones and those that their filters refer to. ' +
    'A segment that fails keeps its members and the others go on. Made for crontab: it prints one line, with -q nothing unless something failed.',
  arguments: { segments: restArguments('segment', 'an alias or id; none means all', text) },
  options: {
    ifLocked: valueOr('--if-locked <policy>', 'while another run is at work: fail (75), skip (0), wait or wait=SECONDS; default fail', lockPolicy, { kind: 'fail' }),
  },
  examples: ['rollcall segments:update --db crm.db', 'rollcall segments:update hot newsletter-readers -v --db crm.db', '*/15 * * * * rollcall segments:update -q --if-locked skip --db /var/lib/rollcall/crm.db'],
  exitCodes: [EXIT.refused, EXIT.partial, EXIT.locked],
  store: 'open',
  lock: (options) => options.ifLocked,
  result: 'message',
  run: async (context, { segments }) => {
    const report = await context.progress('updating segments', async (say) =>
      updateSegments(context.store, { segments, now: context.now, onSegment: (alias, done, total) => say(`${done + 1} of ${total}: ${alias}`) }),
    );
    return updateResult(report, context.verbosity);
  },
});
