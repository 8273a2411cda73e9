import { getSegment } from '../../../segment/lookup.ts';
import type { Decision, MemberChange } from '../../../segment/members.ts';
import { parseVia } from '../../../segment/via.ts';
import type { SegmentRow, WriteTx } from '../../../store/index.ts';
import { EXIT } from '../../../support/errors.ts';
import { counted } from '../../../support/text.ts';
import type { StoreContext } from '../../context.ts';
import { contactsOf, readReferences } from '../../input.ts';
import { argument, restArguments, value, valueOr } from '../../options.ts';
import type { MessageResult } from '../../output/result.ts';
import { text } from '../../values.ts';

/** Arguments and options of the commands that put contacts into a segment and take them out. */
export const changeArguments = {
  segment: argument('segment', 'an alias or id', text),
  contacts: restArguments('contact', 'an id, an e-mail address, or FIELD=VALUE of a unique field; - reads them from stdin, one a line', text, { atLeastOne: true }),
} as const;

export const decisionOptions = {
  reason: value('--reason <text>', 'why, kept with the pin', text),
  via: valueOr('--via <channel>', 'manual, campaign, form, points, api or preference-center, with an optional :NAME; default manual', text, 'manual'),
  by: value('--by <name>', 'who decided this (else the user of this system)', text),
} as const;

interface DecisionValues {
  readonly reason?: string | undefined;
  readonly via: string;
  readonly by: string | undefined;
}

type Change = (tx: WriteTx, segment: SegmentRow, contactIds: readonly number[], decision: Decision) => Promise<MemberChange>;

/** Resolves the segment and the contacts and makes the change, in one transaction. */
export async function changeMembers(
  context: StoreContext,
  { segment: reference, contacts }: { readonly segment: string; readonly contacts: readonly string[] },
  { reason, via, by }: DecisionValues,
  change: Change,
): Promise<MessageResult> {
  const decision: Decision = { now: context.now, by: by ?? context.by, via: parseVia(via), reason };
  const references = await readReferences(context, contacts);
  return context.store.write(async (tx) => {
    const segment = await getSegment(tx, reference);
    const { ids, unknown, warnings } = await contactsOf(tx, references);
    const done = await change(tx, segment, ids, decision);
    const data = { segment: segment.alias, ...done, unknown };
    return { kind: 'message', text: `${segment.alias}: ${inWords(done)}`, data, warnings, exit: unknown > 0 ? EXIT.partial : EXIT.done };
  });
}

/** `2 joined, 3 pinned, 1 unchanged` */
function inWords({ joined, left, pinned, unpinned, unchanged }: MemberChange): string {
  const counts = { joined, left, pinned, unpinned, unchanged };
  const parts = Object.entries(counts).filter(([, count]) => count > 0).map(([word, count]) => `${count.toLocaleString('en-US')} ${word}`);
  return parts.length === 0 ? `${counted(0, 'contact')} given` : parts.join(', ');
}
