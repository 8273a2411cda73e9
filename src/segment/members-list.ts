import type { MemberRow, Store } from '../store/index.ts';
import { pagesByKey } from '../support/by-key.ts';
import { readInstant } from '../support/instant.ts';
import { getSegment } from './lookup.ts';

const PAGE = 10_000;

/** Instants as text, in the store's zone where they have no offset; a day is its first instant. */
export interface MembersRequest {
  readonly asOf?: string | undefined;
  readonly joinedSince?: string | undefined;
  readonly after?: number | undefined;
  readonly limit?: number | undefined;
}

/** The members of a segment by contact id, read page by page: each page is a snapshot of its own. */
export async function* membersOf(store: Store, reference: string, request: MembersRequest): AsyncGenerator<MemberRow> {
  const { segment, query } = await store.read(async (tx) => {
    const { timezone } = await tx.settings.get();
    const instant = (option: string, text: string | undefined): number | undefined => (text === undefined ? undefined : readInstant(option, text, timezone));
    return { segment: await getSegment(tx, reference), query: { asOf: instant('--as-of', request.asOf), joinedSince: instant('--joined-since', request.joinedSince) } };
  });
  const read = async (after: number | undefined, limit: number): Promise<MemberRow[]> =>
    store.read(async (tx) => tx.members.list(segment.id, { ...query, after, limit }));
  const { after, limit } = request;
  for await (const rows of pagesByKey({ read, keyOf: ({ contactId }) => contactId, size: PAGE, after, limit })) yield* rows;
}
