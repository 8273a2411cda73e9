import {
  countMembers,
  fieldOfSort,
  listMembers,
  type MembersRequest,
} from '../../../../segment/members-list.ts';
import { EXIT } from '../../../../support/errors.ts';
import { defineCommand } from '../../../define-command.ts';
import { listOptions, requireListSense } from '../../../options/list-options.ts';
import { argument, usage, value } from '../../../options/options.ts';
import { commaList, text } from '../../../options/values.ts';
import { rows } from '../../../output/result.ts';
import { countResult } from '../../../views/count.ts';
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
    'Lists the members of a segment, since when they are in it and through what: those of now, or ' +
    'those of an instant, then also when and how they left since. With --left-since it lists those ' +
    'who left and are not back. -v adds by whom and why; --fields chooses columns of this list and ' +
    'fields of contacts.',
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
    ...listOptions('since, left_at or a field of contacts'),
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
    requireListSense({ count, ...request }, format);
    requireSense(request);
    if (count) return countResult('members', await countMembers(store, segment, request, now));
    const { leftSince, fields: chosen, limit } = request;
    const columns = memberColumns(listingOf(request), verbosity);
    const names =
      chosen === undefined
        ? sortedColumns(fieldOfSort(request), columns)
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
function requireSense({ asOf, leftSince, reachable }: MembersRequest): void {
  if (asOf !== undefined && leftSince !== undefined)
    throw usage('`--as-of` does not go with `--left-since`', 'ask for one of them');
  if (asOf !== undefined && reachable !== undefined)
    throw usage(
      '`--as-of` does not go with `--reachable`',
      'who could be reached then is not kept: leave one of them out',
    );
}

function emptyText(segment: string, { asOf, leftSince, ...request }: MembersRequest): string {
  const { joinedSince, reachable, limit, after } = request;
  const nobody =
    leftSince === undefined
      ? `${segment} has no members${asOf === undefined ? '' : ` as of ${asOf}`}`
      : `nobody left ${segment} since ${leftSince}`;
  return emptyList('members', { joinedSince, reachable, limit, after }, nobody);
}
