import { readInstant } from '../contact/read-instant.ts';
import { timeContext } from '../contact/time-context.ts';
import type { TimeContext } from '../filter/index.ts';
import type { MemberQuery, MemberRow, Store } from '../store/index.ts';
import { pagesByKey } from '../support/by-key.ts';
import { getSegment } from './lookup.ts';

const PAGE = 10_000;

/** Instants as people write them: see `readInstant`. */
export interface MembersRequest {
  readonly asOf?: string | undefined;
  readonly joinedSince?: string | undefined;
  readonly after?: number | undefined;
  readonly limit?: number | undefined;
}

/**
 * The members of a segment in order of contact id, read page by page; each page is a snapshot of
 * its own. Instants such as `yesterday` are read as of `now`.
 */
export async function* membersOf(
  store: Store,
  reference: string,
  request: MembersRequest,
  now: number,
): AsyncGenerator<MemberRow> {
  const { segment, query } = await store.read(async (tx) => {
    const time = await timeContext(tx, now);
    return { segment: await getSegment(tx, reference), query: instantsOf(request, time) };
  });
  const read = async (after: number | undefined, limit: number): Promise<MemberRow[]> =>
    store.read(async (tx) => tx.members.list(segment.id, { ...query, after, limit }));
  const { after, limit } = request;
  for await (const rows of pagesByKey({
    read,
    keyOf: ({ contactId }) => contactId,
    size: PAGE,
    after,
    limit,
  }))
    yield* rows;
}

function instantsOf(
  { asOf, joinedSince }: MembersRequest,
  time: TimeContext,
): Pick<MemberQuery, 'asOf' | 'joinedSince'> {
  const instant = (option: string, text: string | undefined): number | undefined =>
    text === undefined ? undefined : readInstant(option, text, time);
  return {
    asOf: instant('--as-of', asOf),
    joinedSince: instant('--joined-since', joinedSince),
  };
}
