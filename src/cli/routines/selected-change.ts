import { timeContext } from '../../contact/time-context.ts';
import { readCondition } from '../../contact/where.ts';
import type { FilterText } from '../../filter/index.ts';
import { getSegment } from '../../segment/lookup.ts';
import type { Decision, MemberChange } from '../../segment/members.ts';
import { readPinEnd } from '../../segment/pin-end.ts';
import { type ContactsNamed, removeSelected } from '../../segment/selected-members.ts';
import type { SegmentRow, WriteTx } from '../../store/index.ts';
import type { StoreContext } from '../context.ts';
import { usage } from '../options/options.ts';
import type { MessageResult } from '../output/result.ts';
import { memberChangeResult } from '../views/member-change.ts';
import { changeAndTell } from './data-change.ts';
import { filterText } from './input.ts';
import { type DecisionValues, decisionOf, type NamedContacts } from './member-change.ts';

interface SelectionValues extends DecisionValues {
  readonly where: string | undefined;
  readonly fromSegment: string | undefined;
  readonly overrideRemovals?: boolean;
}

type Change = (
  tx: WriteTx,
  segment: SegmentRow,
  named: ContactsNamed,
  decision: Decision,
) => Promise<MemberChange>;

/**
 * Whether the options say who is meant, and not the arguments. `UserError` (2): both do, or
 * neither.
 */
export function isSelection(
  { contacts }: NamedContacts,
  { where, fromSegment }: Pick<SelectionValues, 'where' | 'fromSegment'>,
): boolean {
  if (where !== undefined && fromSegment !== undefined)
    throw usage('`--where` and `--from-segment` both say who is meant', 'give one of them');
  const option =
    where === undefined ? (fromSegment === undefined ? undefined : '--from-segment') : '--where';
  if (option === undefined && contacts.length === 0)
    throw usage(
      'nobody is named',
      'name contacts, - for standard input, --where or --from-segment',
    );
  if (option !== undefined && contacts.length > 0)
    throw usage(
      `\`${option}\` and contacts that are named both say who is meant`,
      'give one of them',
    );
  return option !== undefined;
}

/** Makes the change for all whom the options mean, in one transaction. */
export async function changeSelected(
  context: StoreContext,
  reference: string,
  given: SelectionValues,
  change: Change,
): Promise<MessageResult> {
  const decide = decisionOf(context, given);
  const { overrideRemovals } = given;
  const where = given.where === undefined ? undefined : await filterText(context, given.where);
  const work = async (tx: WriteTx): Promise<MessageResult> => {
    const segment = await getSegment(tx, reference);
    const { named, warnings } = await selectionOf(tx, segment, {
      where,
      fromSegment: given.fromSegment,
    });
    const time = await timeContext(tx, tx.now);
    const until = given.until === undefined ? undefined : readPinEnd(given.until, time);
    const changed = {
      ...{ alias: segment.alias, pin: 'pinned', named: undefined, unknown: 0, warnings },
      nobody: nobodyIn(given, change),
      change: await change(tx, segment, named, { ...decide(tx), overrideRemovals, until }),
      until: typeof until === 'number' ? until : null,
    };
    return memberChangeResult(changed, time.zone);
  };
  return changeAndTell(context, work, given.dryRun);
}

/** Of a removal, only members are asked for. */
function nobodyIn({ fromSegment }: SelectionValues, change: Change): string {
  const who = change === removeSelected ? 'no member' : 'no contact';
  return `${who} ${fromSegment === undefined ? 'matches' : `is in ${fromSegment}`}`;
}

interface Named {
  readonly named: ContactsNamed;
  readonly warnings: readonly string[];
}

async function selectionOf(
  tx: WriteTx,
  segment: SegmentRow,
  given: { readonly where: FilterText | undefined; readonly fromSegment: string | undefined },
): Promise<Named> {
  if (given.where !== undefined) {
    // rule: settled-before-selected
    await tx.suppressions.settle(); // a filter may ask of them
    const { where, warnings } = await readCondition(tx, given.where, tx.now);
    return { named: { where }, warnings };
  }
  const { id } = await getSegment(tx, given.fromSegment ?? '');
  if (id === segment.id)
    throw usage(
      `\`--from-segment ${given.fromSegment ?? ''}\` is the segment itself`,
      `to take all members out: rollcall segments:clear ${segment.alias}`,
    );
  return { named: { segmentId: id }, warnings: [] };
}
