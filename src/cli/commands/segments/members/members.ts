import {
  countMembers,
  fieldOfSort,
  listMembers,
  type MembersRequest,
} from '../../../../segment/members-list.ts';
import { EXIT } from '../../../../support/errors.ts';
import { defineCommand } from '../../../define-command.ts';
import { argument, flag, usage, value } from '../../../options/options.ts';
import { commaList, pageOptions, text } from '../../../options/values.ts';
import { type RowsResult, rows } from '../../../output/result.ts';
import { emptyList } from '../../../views/empty-list.ts';
import { listFooter } from '../../../views/list-footer.ts';
import {
  type Listing,
  memberColumns,
  namedColumns,
  sortedColumns,
} from '../../../views/member-columns.ts';

export default defineCommand({
  name: 'segments:members',
  description:
    'Lists the members of a segment with since when and through what they are in, now or as ' +
    'of an instant, with when and how those left who have left since; or those who left and are ' +
    'not back. ' +
    'With -v also by whom and why. --fields chooses columns of this list and fields of contacts.',
  arguments: { segment: argument('segment', 'an alias or id', text) },
  options: {
    asOf: value(
      '--as-of <instant>',
      'those who were members then: an instant, yesterday, 10 minutes ago; a time without ' +
        'milliseconds means the end of its second',
      text,
    ),
    joinedSince: value(
      '--joined-since <instant>',
      'those who joined at or after: an instant, yesterday, 10 minutes ago',
      text,
    ),
    leftSince: value(
      '--left-since <instant>',
      'instead those who left at or after, and are not back',
      text,
    ),
    reachable: value(
      '--reachable <channel>',
      'those who can be reached in it: not suppressed and, for email, with an address',
      text,
    ),
    fields: value('--fields <list>', 'what to show, with commas between', commaList),
    sort: value(
      '--sort <field>',
      'by since, left_at or a field of contacts; with " desc" behind it the other way round',
      text,
    ),
    count: flag('--count', 'only say how many'),
    ...pageOptions,
  },
  examples: [
    'rollcall segments:members hot --limit 20 --db crm.db',
    'rollcall segments:members hot --as-of 2026-03-01 --format ids --db crm.db',
    "rollcall segments:members hot --left-since '7 days ago' --count --db crm.db",
    "rollcall segments:members hot --fields email,points,since --sort 'points desc' --db crm.db",
  ],
  exitCodes: [EXIT.refused],
  store: 'open',
  result: 'rows',
  run: async ({ store, now, verbosity, format }, { segment }, { count, ...request }) => {
    requireSense(request, count);
    if (count && format === 'ids')
      throw usage('`--count` does not go with --format ids', 'a number is no id');
    if (count) return countResult(await countMembers(store, segment, request, now));
    const { leftSince, fields: chosen, sort, limit } = request;
    const columns = memberColumns(listingOf(request), verbosity);
    const names =
      chosen === undefined
        ? sortedColumns(fieldOfSort(sort), columns)
        : namedColumns(chosen, columns);
    const { rows: found, fields } = await listMembers(
      store,
      segment,
      { ...request, fields: names.fields },
      now,
    );
    return rows({
      rows: found,
      columns: names.columns(fields),
      id: (member) => member.contactId,
      empty: emptyText(segment, request),
      footer: listFooter({ limit }, leftSince === undefined ? 'member' : 'contact'),
    });
  },
});

function listingOf({ asOf, leftSince }: MembersRequest): Listing {
  if (leftSince !== undefined) return 'left';
  return asOf === undefined ? 'now' : 'then';
}

/** Options that contradict each other, or of which one would do nothing. */
function requireSense(request: MembersRequest, count: boolean): void {
  const { asOf, leftSince, reachable, sort, after, limit, fields } = request;
  if (asOf !== undefined && leftSince !== undefined)
    throw usage('`--as-of` does not go with `--left-since`', 'ask for one of them');
  if (asOf !== undefined && reachable !== undefined)
    throw usage(
      '`--as-of` does not go with `--reachable`',
      'who could be reached then is not kept: leave one of them out',
    );
  if (sort !== undefined && after !== undefined)
    throw usage('`--sort` does not go with `--after`', 'pages are in order of ids: leave it out');
  const idle = Object.entries({ sort, after, limit, fields }).find(
    ([, given]) => given !== undefined,
  );
  if (count && idle !== undefined)
    throw usage(`\`--count\` does not go with \`--${idle[0]}\``, 'it counts all of them');
}

function countResult(members: number): RowsResult {
  return rows({
    rows: [members],
    columns: [{ key: 'members', kind: 'count', of: (many) => many }],
    id: (many) => many,
    empty: '',
  });
}

function emptyText(segment: string, { asOf, leftSince, ...request }: MembersRequest): string {
  const { joinedSince, reachable, limit, after } = request;
  const nobody =
    leftSince === undefined
      ? `${segment} has no members${asOf === undefined ? '' : ` as of ${asOf}`}`
      : `nobody left ${segment} since ${leftSince}`;
  return emptyList('members', { joinedSince, reachable, limit, after }, nobody);
}
