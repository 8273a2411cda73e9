import { verifySegments } from '../../../../segment/update/verify.ts';
import { EXIT } from '../../../../support/errors.ts';
import { defineCommand } from '../../../define-command.ts';
import { flag, restArguments, usage, value } from '../../../options/options.ts';
import { text } from '../../../options/values.ts';
import { lockPolicy } from '../../../options/lock-policy.ts';
import { verifyResult } from '../../../views/verify-report.ts';

export default defineCommand({
  name: 'segments:verify',
  description:
    'Compares members with what filters and pins say: in one transaction the segments are ' +
    'updated by what changed, then evaluated in full, and every ' +
    'difference is a finding (4): members that another program wrote or took away, changes ' +
    'made while the triggers were off, counters. What the ' +
    'next update would change anyway is none. Writes nothing but with --repair, yet other ' +
    'writers have to wait for it.',
  arguments: {
    segments: restArguments(
      'segment',
      'an alias or id, of a static segment too; none means all',
      text,
    ),
  },
  options: {
    repair: flag('--repair', 'put right what is found, and update these segments'),
    ifLocked: value(
      '--if-locked <policy>',
      'with --repair, while another run is at work: fail (75), skip (0), wait or ' +
        'wait=SECONDS; default fail',
      lockPolicy,
    ),
  },
  examples: [
    'rollcall segments:verify --db crm.db',
    'rollcall segments:verify hot --repair --db crm.db',
  ],
  exitCodes: [EXIT.partial, EXIT.finding],
  store: 'open',
  lock: ({ repair, ifLocked }) => {
    if (!repair && ifLocked !== undefined)
      throw usage(
        '`--if-locked` is for `--repair`',
        'without it nothing is written and no lock is taken',
      );
    return repair ? (ifLocked ?? { kind: 'fail' }) : undefined;
  },
  result: 'message',
  run: async (context, { segments }, { repair }) => {
    const report = await context.progress('verifying segments', async (say) =>
      verifySegments(context.store, {
        segments,
        repair,
        onSegment: (alias) => say(`verifying ${alias}`),
      }),
    );
    return context.store.read(async (tx) => verifyResult(tx, report));
  },
});
