import { eachLone, overlapOf } from '../../../../segment/overlap.ts';
import { defineCommand } from '../../../define-command.ts';
import { flag, restArguments, usage } from '../../../options/options.ts';
import { pageOptions, text } from '../../../options/values.ts';
import { rows } from '../../../output/result.ts';
import { emptyList } from '../../../views/empty-list.ts';
import { listFooter } from '../../../views/list-footer.ts';
import { overlapResult } from '../../../views/overlap.ts';

export default defineCommand({
  name: 'segments:overlap',
  description:
    'Counts the members of segments, of each pair those who are in both, their shares, and who is ' +
    'in no other of the segments. --only lists those who are in exactly one of them.',
  arguments: {
    segments: restArguments('segment', 'aliases or ids, 2 to 20', text, { atLeastOne: true }),
  },
  options: {
    only: flag('--only', 'list the contacts who are in exactly one, and in which'),
    ...pageOptions,
  },
  examples: [
    'rollcall segments:overlap hot newsletter customers --db crm.db',
    'rollcall segments:overlap hot newsletter --only --format csv --db crm.db',
  ],
  exitCodes: [],
  store: 'open',
  result: 'rows',
  run: async ({ store, format, isSeen }, { segments }, { only, limit, after }) => {
    if (only)
      return rows({
        rows: eachLone(store, segments, { limit, after }),
        columns: [
          { key: 'contact_id', kind: 'number', of: ({ contactId }) => contactId },
          { key: 'email', of: ({ email }) => email },
          { key: 'segment', fit: 'key', of: ({ segment }) => segment },
        ],
        id: ({ contactId }) => contactId,
        empty: emptyList('contacts', { limit, after }, 'nobody is in exactly one of them'),
        footer: listFooter({ limit }, 'contact'),
      });
    const [idle] = Object.entries({ limit, after }).filter(([, given]) => given !== undefined);
    if (idle !== undefined)
      throw usage(`\`--${idle[0]}\` goes with \`--only\` alone`, 'leave it out, or add --only');
    const overlap = await store.read(async (tx) => overlapOf(tx, segments));
    return overlapResult(overlap, { format, isSeen });
  },
});
