import * as z from 'zod/mini';
import { previewFilter, scriptOfFilter } from '../../../../segment/preview.ts';
import { EXIT, type UserError } from '../../../../support/errors.ts';
import { defineCommand } from '../../../define-command.ts';
import { filterText } from '../../../routines/input.ts';
import { argument, flag, usage, value } from '../../../options/options.ts';
import { text, wholeNumber } from '../../../options/values.ts';
import { previewResult, scriptResult } from '../../../views/preview.ts';

const USUAL_SAMPLE = 5;
const LARGEST_SAMPLE = 1_000;
const sampleSize = z.pipe(
  wholeNumber,
  z
    .number()
    .check(z.maximum(LARGEST_SAMPLE, 'must be at most 1000; contacts:list --where lists more')),
);

export default defineCommand({
  name: 'segments:preview',
  description:
    'Shows whom a filter matches before anything is saved: how many, where the others were ' +
    'lost, and a few of them. ' +
    'Of each condition (numbered as segments:filters does) matching counts who satisfies it ' +
    'alone, left who satisfies it and those before it in its group, ' +
    'and total, with several groups, who satisfies this group or one before it.',
  arguments: {
    filter: argument('filter', 'the filter; - reads it from stdin, @FILE from a file', text),
  },
  options: {
    sample: value(
      '--sample <n>',
      'show so many contacts, the first by id; default 5, 0 for none',
      sampleSize,
    ),
    reachable: value(
      '--reachable <channel>',
      'also how many can be reached in it: not suppressed and, for email, with an address',
      text,
    ),
    sql: flag('--sql', 'print the statement instead, to be pasted into sqlite3 or psql'),
  },
  examples: [
    'rollcall segments:preview \'country = "FR" and points >= 50\' --db crm.db',
    "rollcall segments:preview 'did page.hit in last 30 days' --sql --db crm.db",
  ],
  exitCodes: [EXIT.noInput],
  store: 'open',
  result: 'message',
  run: async (context, { filter: given }, { sample, sql, reachable }) => {
    if (sql && sample !== undefined)
      throw usage('`--sample` does not go with `--sql`', 'the statement finds all of them');
    if (sql && reachable !== undefined)
      throw usage('`--reachable` does not go with `--sql`', 'the statement counts nobody');
    const where = await filterText(context, given);
    const { now } = context;
    if (sql) {
      const script = await context.store.read(async (tx) => scriptOfFilter(tx, where, now));
      if (script === undefined) throw withoutShell(context.store.location);
      return scriptResult(script, now, await context.instants());
    }
    return previewResult(
      await context.store.read(async (tx) =>
        previewFilter(tx, where, { now, sample: sample ?? USUAL_SAMPLE, reachable }),
      ),
    );
  },
});

function withoutShell(location: string): UserError {
  return usage(
    `\`--sql\` does not go with the store ${location}, which has no shell to paste a statement into`,
    'leave it out, and segments:preview shows whom the filter matches',
  );
}
