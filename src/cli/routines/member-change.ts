import { timeContext } from '../../contact/time-context.ts';
import { getSegment } from '../../segment/lookup.ts';
import { type Decision, type MemberChange, removeFromSegment } from '../../segment/members.ts';
import { readPinEnd } from '../../segment/pin-end.ts';
import { parseVia } from '../../segment/via.ts';
import type { SegmentRow, WriteTx } from '../../store/index.ts';
import type { StoreContext } from '../context.ts';
import type { MessageResult } from '../output/result.ts';
import { memberChangeResult, NOBODY_GIVEN } from '../views/member-change.ts';
import { changeAndTell } from './data-change.ts';
import { contactsOf, readReferences } from './input.ts';

export interface DecisionValues {
  readonly reason?: string | undefined;
  readonly via: string;
  readonly by: string | undefined;
  readonly until?: string | undefined;
  readonly dryRun?: boolean | undefined;
}

export interface NamedContacts {
  readonly segment: string;
  readonly contacts: readonly string[];
}

type Change = (
  tx: WriteTx,
  segment: SegmentRow,
  contactIds: readonly number[],
  decision: Decision,
) => Promise<MemberChange>;

/** Resolves the segment and the contacts and makes the change, in one transaction. */
export async function changeMembers(
  context: StoreContext,
  named: NamedContacts,
  given: DecisionValues,
  change: Change,
): Promise<MessageResult> {
  const decide = decisionOf(context, given);
  const references = await readReferences(context, named.contacts);
  const work = async (tx: WriteTx): Promise<MessageResult> => {
    const segment = await getSegment(tx, named.segment);
    const { ids, unknown, warnings } = await contactsOf(tx, references);
    const time = await timeContext(tx, tx.now);
    const until = given.until === undefined ? undefined : readPinEnd(given.until, time);
    const changed = {
      alias: segment.alias,
      change: await change(tx, segment, ids, { ...decide(tx), until }),
      pin: change === removeFromSegment ? 'pinned out' : 'pinned',
      until: typeof until === 'number' ? until : null,
      named: ids,
      nobody: NOBODY_GIVEN,
      unknown,
      warnings,
    };
    return memberChangeResult(changed, time.zone);
  };
  return changeAndTell(context, work, given.dryRun);
}

/**
 * Who decides, through what and why; when, says the transaction. `UserError` (2) for a channel that is
 * none.
 */
export function decisionOf(
  context: StoreContext,
  { reason, via, by }: DecisionValues,
): (tx: WriteTx) => Decision {
  const decision = { by: by ?? context.by, via: parseVia(via), reason };
  return ({ now }) => ({ ...decision, now });
}
