import type { RecordQuery, SegmentRow, Selected, WriteTx } from '../store/index.ts';
import { EXIT, UserError } from '../support/errors.ts';
import {
  addToSegment,
  causeOf,
  type Decision,
  type MemberChange,
  NOTHING,
  sumOf,
} from './members.ts';
import { requireMayTouch } from './via.ts';

/*
 * Whole sets of contacts, whom a filter or another segment names. That is no decision about any one
 * of them: a removal holds against it, and it leaves none.
 */

const PAGE = 100_000;

/** Whom a filter or a segment names; both together are those whom both name. */
export type ContactsNamed = Pick<RecordQuery, 'where' | 'segmentId'>;

/**
 * Adds them, as `addToSegment` does, but for those whom any removal keeps out, unless the decision
 * overrides removals.
 */
export async function addSelected(
  tx: WriteTx,
  segment: SegmentRow,
  named: ContactsNamed,
  decision: Decision,
): Promise<MemberChange> {
  let change = NOTHING;
  for await (const selected of pagesOf(tx, named))
    change = sumOf(
      change,
      await addToSegment(tx, segment, selected, { ...decision, isBulk: true }),
    );
  return change;
}

/**
 * Takes them out of a static segment, and pins nobody out. `UserError` (1): it is dynamic, or the
 * channel may not touch it.
 */
export async function removeSelected(
  tx: WriteTx,
  segment: SegmentRow,
  named: ContactsNamed,
  decision: Decision,
): Promise<MemberChange> {
  requireMayTouch(segment, decision.via, 'leave');
  requireStatic(segment);
  const cause = await causeOf(tx, segment, decision);
  let change = NOTHING;
  for await (const selected of pagesOf(tx, among(segment, named))) {
    // rule: removal-none
    const left = await tx.members.remove(segment.id, selected, cause);
    change = sumOf(change, { ...NOTHING, left, unchanged: selected.count - left });
  }
  return change;
}

/** A filter is asked of the members alone. */
function among({ id }: SegmentRow, { where, segmentId = id }: ContactsNamed): ContactsNamed {
  return { where, segmentId };
}

function requireStatic({ kind, alias }: SegmentRow): void {
  if (kind === 'static') return;
  throw new UserError(
    'DYNAMIC_SEGMENT',
    EXIT.refused,
    `segment ${alias} is dynamic: its filter would put them in again`,
    {
      hint:
        'change its filter, or decide about each of them: ' +
        `rollcall contacts:list --where FILTER --format ids | rollcall segments:remove ${alias} -`,
    },
  );
}

/** A first page even if nobody is named: what may not be done is refused all the same. */
async function* pagesOf(tx: WriteTx, named: ContactsNamed): AsyncGenerator<Selected> {
  let after: number | undefined;
  for (;;) {
    const selected = await tx.contacts.select({ ...named, after, limit: PAGE });
    const { count, last } = selected; // whoever gets it may go on choosing from it
    yield selected;
    if (count < PAGE) return;
    after = last;
  }
}
