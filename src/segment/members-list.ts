import { expectChannel } from '../contact/channels.ts';
import { getField } from '../contact/fields.ts';
import { readPagesOf } from '../contact/pages.ts';
import { readInstant, readSecond } from '../contact/read-instant.ts';
import { readSorting, type Sorting } from '../contact/sorting.ts';
import { timeContext } from '../contact/time-context.ts';
import type {
  FieldRow,
  MemberOrder,
  MemberQuery,
  MemberRow,
  ReadTx,
  RecordRow,
  SegmentRow,
  Store,
} from '../store/index.ts';
import { pagesByKey } from '../support/by-key.ts';
import { EXIT, UserError } from '../support/errors.ts';
import { requireKept } from './kept-history.ts';
import { getSegment } from './lookup.ts';

const PAGE = 10_000;

/** Which members: instants as people write them, see `readInstant`. */
export interface MembersSelection {
  readonly asOf?: string | undefined;
  readonly joinedSince?: string | undefined;
  /** Those who left and are not back, instead of members. */
  readonly leftSince?: string | undefined;
  /** Only those who can be reached in this channel today. */
  readonly reachable?: string | undefined;
}

/** It is sorted by `since`, `left_at` or a field. */
export interface MembersRequest extends MembersSelection, Sorting {
  /** Fields of contacts to show with each, by alias. */
  readonly fields?: readonly string[] | undefined;
  readonly after?: number | undefined;
  readonly limit?: number | undefined;
}

/** A member with the values of the fields that were asked for; none of who is no contact any more. */
export interface ListedMember extends MemberRow {
  readonly contact: RecordRow | undefined;
}

export interface MembersList {
  readonly fields: readonly FieldRow[];
  /** Read page by page while the caller iterates; each page is a snapshot of its own. */
  readonly rows: AsyncIterable<ListedMember>;
}

/**
 * The members of a segment, in order of contact id or as they are sorted, which is decided before.
 * Instants such as `yesterday` are read as of `now`. `UserError`: an unknown segment or field, no
 * instant, one that is still to come, no channel (2); a time of which no history is kept (1).
 */
export async function listMembers(
  store: Store,
  reference: string,
  { fields: aliases = [], sort, desc, after, limit, ...selection }: MembersRequest,
  now: number,
): Promise<MembersList> {
  const begun = await store.read(async (tx) => {
    const { segment, query } = await begin(tx, reference, selection, now);
    const known = await tx.fields.list();
    const fields = aliases.map((alias) => fieldCalled(known, alias));
    const order = orderOf(known, { sort, desc }, query);
    const ids =
      order === undefined
        ? undefined
        : await tx.members.order(segment.id, { ...query, limit }, order);
    return { segment, query, fields, ids };
  });
  const { segment, query, fields, ids } = begun;
  const read = async (tx: ReadTx, page: MemberQuery): Promise<ListedMember[]> =>
    withContacts(tx, await tx.members.list(segment.id, { ...query, ...page }), fields);
  const rows =
    ids === undefined
      ? byContact(store, { after, limit }, read)
      : readPagesOf<ListedMember>(
          ids,
          ({ contactId }) => contactId,
          async (some) => store.read(async (tx) => read(tx, { ids: some })),
        );
  return { fields, rows };
}

/** How many `listMembers` would list. `UserError` as there. */
export async function countMembers(
  store: Store,
  reference: string,
  selection: MembersSelection,
  now: number,
): Promise<number> {
  return store.read(async (tx) => {
    const { segment, query } = await begin(tx, reference, selection, now);
    return tx.members.count(segment.id, query);
  });
}

async function* byContact(
  store: Store,
  { after, limit }: MemberQuery,
  readPage: (tx: ReadTx, page: MemberQuery) => Promise<ListedMember[]>,
): AsyncGenerator<ListedMember> {
  const read = async (last: number | undefined, most: number): Promise<ListedMember[]> =>
    store.read(async (tx) => readPage(tx, { after: last, limit: most }));
  for await (const rows of pagesByKey({
    read,
    keyOf: ({ contactId }) => contactId,
    size: PAGE,
    after,
    limit,
  }))
    yield* rows;
}

async function withContacts(
  tx: ReadTx,
  members: readonly MemberRow[],
  fields: readonly FieldRow[],
): Promise<ListedMember[]> {
  if (fields.length === 0) return members.map((member) => ({ ...member, contact: undefined }));
  const contacts = await tx.contacts.list(
    { ids: members.map(({ contactId }) => contactId) },
    fields.map(({ alias }) => alias),
  );
  const byId = new Map(contacts.map((contact) => [contact.id, contact]));
  return members.map((member) => ({ ...member, contact: byId.get(member.contactId) }));
}

async function begin(
  tx: ReadTx,
  reference: string,
  selection: MembersSelection,
  now: number,
): Promise<{ readonly segment: SegmentRow; readonly query: MemberQuery }> {
  const segment = await getSegment(tx, reference);
  const query = await queryOf(tx, selection, now);
  if (query.asOf !== undefined && query.asOf > now) throw stillToCome('--as-of', selection.asOf);
  for (const at of [query.asOf, query.leftSince]) if (at !== undefined) await requireKept(tx, at);
  return { segment, query };
}

function stillToCome(option: string, text = ''): UserError {
  return new UserError('STILL_TO_COME', EXIT.usage, `\`${option} ${text}\` is still to come`, {
    hint: 'nobody knows yet who will be a member then',
  });
}

async function queryOf(
  tx: ReadTx,
  { asOf, joinedSince, leftSince, reachable }: MembersSelection,
  now: number,
): Promise<MemberQuery> {
  const time = await timeContext(tx, now);
  const instant = (option: string, text: string | undefined): number | undefined =>
    text === undefined ? undefined : readInstant(option, text, time);
  return {
    asOf: asOf === undefined ? undefined : readSecond('--as-of', asOf, time),
    joinedSince: instant('--joined-since', joinedSince),
    leftSince: instant('--left-since', leftSince),
    reachable: reachable === undefined ? undefined : expectChannel(reachable),
  };
}

/** How somebody left, as the list calls it: no field, unless there is one of that name. */
const OF_ENDS = /^left_(?:at|via|name|by|reason)$/;

function fieldCalled(known: readonly FieldRow[], alias: string): FieldRow {
  const isThere = known.some((field) => field.object === 'contact' && field.alias === alias);
  if (!isThere && OF_ENDS.test(alias)) throw notLeft(alias);
  return getField(known, 'contact', alias);
}

function notLeft(column: string): UserError {
  return new UserError('NOT_LEFT', EXIT.usage, `members have no ${column}`, {
    hint: 'who left has one: --left-since lists them, --as-of those who have left since then',
  });
}

const TIMES = ['since', 'left_at'] as const;

/** The field of contacts that a list is sorted by; undefined where it is none, or by a time. */
export function fieldOfSort(sorting: Sorting): string | undefined {
  const by = readSorting(sorting)?.by;
  return TIMES.some((time) => time === by) ? undefined : by;
}

function orderOf(
  fields: readonly FieldRow[],
  sorting: Sorting,
  { asOf, leftSince }: MemberQuery,
): MemberOrder | undefined {
  const order = readSorting(sorting);
  if (order === undefined) return undefined;
  const { descends } = order;
  const time = TIMES.find((each) => each === order.by);
  if (time === 'left_at' && asOf === undefined && leftSince === undefined) throw notLeft(time);
  return { by: time ?? { column: fieldCalled(fields, order.by).alias }, descends };
}
