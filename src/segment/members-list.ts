import type { MemberRow, Store } from '../store/index.ts';
import { EXIT, UserError } from '../support/errors.ts';
import { instantOf, isDay, isInstantText, startOfDay } from '../support/time.ts';
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
    const instant = (text: string | undefined): number | undefined => (text === undefined ? undefined : toInstant(text, timezone));
    return { segment: await getSegment(tx, reference), query: { asOf: instant(request.asOf), joinedSince: instant(request.joinedSince) } };
  });
  let after = request.after;
  let wanted = request.limit ?? Number.POSITIVE_INFINITY;
  while (wanted > 0) {
    const limit = Math.min(PAGE, wanted);
    const page = await store.read(async (tx) => tx.members.list(segment.id, { ...query, after, limit }));
    yield* page;
    if (page.length < limit) return;
    wanted -= page.length;
    after = page.at(-1)?.contactId;
  }
}

/** Reads a day or an instant from the command line. `UserError` (2). */
export function toInstant(text: string, zone: string): number {
  if (isDay(text)) return startOfDay(text, zone);
  if (isInstantText(text)) return instantOf(text, zone);
  throw new UserError('NOT_AN_INSTANT', EXIT.usage, `${text} is not a date or an instant`, { hint: 'write 2026-03-01, 2026-03-01T10:00 or 2026-03-01T10:00:00Z' });
}
