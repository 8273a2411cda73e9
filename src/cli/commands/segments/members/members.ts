import { membersOf } from '../../../../segment/members-list.ts';
import { defineCommand } from '../../../define-command.ts';
import { beginningColumns, endColumns } from '../../../views/beginning.ts';
import { emptyList } from '../../../views/empty-list.ts';
import { listFooter } from '../../../views/list-footer.ts';
import { argument, value } from '../../../options/options.ts';
import { rows } from '../../../output/result.ts';
import { pageOptions, text } from '../../../options/values.ts';

export default defineCommand({
  name: 'segments:members',
  description:
    'Lists the members of a segment with since when and through what they are in, now or as ' +
    'of an instant, with how those who left since then did. With -v also by whom and why.',
  arguments: { segment: argument('segment', 'an alias or id', text) },
  options: {
    asOf: value(
      '--as-of <instant>',
      'those who were members then: an instant, yesterday, 10 minutes ago',
      text,
    ),
    joinedSince: value(
      '--joined-since <instant>',
      'those who joined at or after: an instant, yesterday, 10 minutes ago',
      text,
    ),
    ...pageOptions,
  },
  examples: [
    'rollcall segments:members hot --limit 20 --db crm.db',
    'rollcall segments:members hot --as-of 2026-03-01 --format ids --db crm.db',
  ],
  exitCodes: [],
  store: 'open',
  result: 'rows',
  run: async ({ store, now, verbosity }, { segment }, { asOf, joinedSince, limit, after }) =>
    rows({
      rows: membersOf(store, segment, { asOf, joinedSince, limit, after }, now),
      columns: [
        { key: 'contact_id', kind: 'number', header: 'contact', of: (member) => member.contactId },
        { key: 'email', of: (member) => member.email },
        ...beginningColumns(verbosity),
        ...(asOf === undefined ? [] : endColumns(verbosity)),
      ],
      id: (member) => member.contactId,
      empty: emptyList(
        'members',
        { joinedSince, limit, after },
        `${segment} has no members${asOf === undefined ? '' : ` as of ${asOf}`}`,
      ),
      footer: listFooter({ limit }, 'member'),
    }),
});
