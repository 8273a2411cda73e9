import type { SegmentRow, WriteTx } from '../store/index.ts';
import { EXIT, UserError } from '../support/errors.ts';
import { pickSegment } from './lookup.ts';
import { addToSegment, type Decision, type MemberChange, removeFromSegment } from './members.ts';

/** Which segments contacts are to be in, and in which not, by alias or id. */
export interface Modification {
  readonly add: readonly string[];
  readonly remove: readonly string[];
}

/** What was done in one segment. */
export interface Modified {
  readonly alias: string;
  readonly kind: keyof Modification;
  readonly change: MemberChange;
}

/**
 * Adds contacts to some segments and removes them from others, in the order given. `UserError`: an
 * unknown segment, or one that is named on both sides (2); one that the channel may not touch (1).
 */
export async function modifySegments(
  tx: WriteTx,
  contactIds: readonly number[],
  modification: Modification,
  decision: Decision,
): Promise<Modified[]> {
  const segments = await tx.segments.list();
  const named = (references: readonly string[]): SegmentRow[] => [
    ...new Set(references.map((reference) => pickSegment(segments, reference))),
  ];
  const [adding, removing] = [named(modification.add), named(modification.remove)];
  requireApart(adding, removing);
  const done: Modified[] = [];
  for (const segment of adding)
    done.push({
      ...{ alias: segment.alias, kind: 'add' },
      change: await addToSegment(tx, segment, contactIds, decision),
    });
  for (const segment of removing)
    done.push({
      ...{ alias: segment.alias, kind: 'remove' },
      change: await removeFromSegment(tx, segment, contactIds, decision),
    });
  return done;
}

function requireApart(adding: readonly SegmentRow[], removing: readonly SegmentRow[]): void {
  const both = adding.find((segment) => removing.includes(segment));
  if (both === undefined) return;
  throw new UserError(
    'CONTRADICTION',
    EXIT.usage,
    `segment ${both.alias} is to be both added to and removed from`,
    { hint: 'name it in --add or in --remove' },
  );
}
