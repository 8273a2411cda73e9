import { loadCatalogue } from '../../contact/fields.ts';
import { compileFilter, decodeAst, recheckAst } from '../../filter/index.ts';
import type { Condition, Difference, SegmentRow, Store, WriteTx } from '../../store/index.ts';
import { timeContext } from '../../contact/time-context.ts';

export interface Built extends Difference {
  readonly members: number;
  /** The segment as the build found it, inside its own transaction. */
  readonly segment: SegmentRow;
}

/**
 * Makes one segment's members true as of `now`, in one transaction: they are the old ones or the new ones to every
 * reader. Gives undefined when the segment stopped being a published dynamic one since the run began. A change is
 * stamped with it; a segment without one is left for the run to stamp, so that it costs no commit.
 */
export async function buildSegment(store: Store, id: number, run: { readonly now: number; readonly runId: number }): Promise<Built | undefined> {
  return store.write(async (tx) => {
    const segment = (await tx.segments.list()).find((row) => row.id === id);
    if (segment === undefined || !isUpdated(segment)) return undefined;
    const match = await conditionOf(tx, segment, run.now);
    const difference = await tx.members.rebuild(id, match, { via: 'filter', ...run });
    if (changes(difference)) await tx.segments.stampBuilt([{ id, ...difference }], run);
    return { ...difference, members: segment.members + difference.joined - difference.left, segment };
  });
}

/** Whether updates keep this segment true. */
export function isUpdated(segment: SegmentRow): boolean {
  return segment.kind === 'dynamic' && segment.published;
}

export function changes(difference: Difference): boolean {
  return difference.joined + difference.left > 0;
}

async function conditionOf(tx: WriteTx, segment: SegmentRow, now: number): Promise<Condition> {
  if (segment.filter === null) throw new Error(`dynamic segment ${segment.alias} has no filter`);
  const catalogue = await loadCatalogue(tx);
  const { ast } = recheckAst(decodeAst(segment.filter), catalogue, { self: segment.id });
  return compileFilter(ast, { shape: 'scan', time: await timeContext(tx, now), catalogue });
}
