import { judgeAge, statusOf, USUAL_AGE_MS } from '../../../segment/status.ts';
import { EXIT } from '../../../support/errors.ts';
import { defineCommand } from '../../define-command.ts';
import { duration } from '../../options/duration.ts';
import { value } from '../../options/options.ts';
import { findingLine, statusData, statusLines } from '../../views/status.ts';

export default defineCommand({
  name: 'status',
  description:
    'Shows the store at one look: its size, its segments, the last run, what is pending, and ' +
    'what triggers wait for or fail on. With --max-age it says one line for a monitor: 0 when ' +
    'the last segments:update in which all went well is no older and has left no published ' +
    'dynamic segment older than that, and no trigger fails, else 4. With -q that line comes only with 4.',
  arguments: {},
  options: {
    maxAge: value(
      '--max-age <duration>',
      'how old the last success may be: 90s, 15m (minutes), 2h, 1d',
      duration,
    ),
  },
  examples: [
    'rollcall status --db crm.db',
    'rollcall status --max-age 2h -q --db /var/lib/rollcall/crm.db',
  ],
  exitCodes: [EXIT.finding],
  store: 'open',
  result: 'message',
  run: async ({ store, now, instants }, _, { maxAge }) => {
    const maxAgeMs = maxAge ?? USUAL_AGE_MS;
    const status = await statusOf(store, { now, maxAgeMs });
    const clock = { now, instant: await instants() };
    if (maxAge === undefined)
      return {
        kind: 'message',
        isAnswer: true,
        text: statusLines(status, clock),
        data: statusData(status, now),
      };
    const finding = judgeAge(status, { now, maxAgeMs });
    return {
      kind: 'message',
      isAnswer: finding !== undefined,
      text: findingLine(finding, status, { clock, maxAgeMs }),
      data: {
        ...statusData(status, now),
        max_age_seconds: maxAgeMs / 1_000,
        ok: finding === undefined,
        finding: finding?.kind ?? null,
      },
      exit: finding === undefined ? EXIT.done : EXIT.finding,
    };
  },
});
