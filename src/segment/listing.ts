import { loadCatalogue } from '../contact/fields.ts';
import { type Catalogue, decodeAst, printFilter } from '../filter/index.ts';
import type { ConversionPlan, Reach, ReadTx, SegmentKind, SegmentRow } from '../store/index.ts';
import { UserError } from '../support/errors.ts';
import { fold } from '../support/fold.ts';
import { convertsAt, planOf } from './conversion-plan.ts';
import { usersOf } from './references.ts';

export interface SegmentQuery {
  readonly kind?: SegmentKind | undefined;
  /** Words that must all stand in the name or the alias, without regard to case. */
  readonly search?: string | undefined;
  readonly after?: number | undefined;
  readonly limit?: number | undefined;
}

export interface SegmentWithFilter {
  readonly segment: SegmentRow;
  /** The text of the filter, with the names of today; null without one. */
  readonly filter: string | null;
  /**
   * The planned conversion, and when it is due if no member joins or leaves until then (epoch ms).
   */
  readonly plan: ConversionPlan | null;
  readonly convertsAt: number | null;
}

export async function listSegments(
  tx: ReadTx,
  { kind, search = '', after = 0, limit }: SegmentQuery,
): Promise<SegmentWithFilter[]> {
  const words = fold(search)
    .split(/\s+/u)
    .filter((word) => word !== '');
  const describe = await describer(tx);
  return (await tx.segments.list())
    .filter((segment) => segment.id > after && (kind === undefined || segment.kind === kind))
    .filter((segment) =>
      words.every((word) => fold(`${segment.name} ${segment.alias}`).includes(word)),
    )
    .slice(0, limit)
    .map(describe);
}

export interface SegmentView extends SegmentWithFilter {
  readonly pinnedIn: number;
  readonly pinnedOut: number;
  /** How many pins, in or out, have an end. */
  readonly pinsEnding: number;
  /** Aliases of the segments whose filters name this one. */
  readonly usedBy: readonly string[];
  readonly reach: Reach;
}

/** With who of its members can be reached in a channel. */
export async function viewSegment(
  tx: ReadTx,
  segment: SegmentRow,
  channel = 'email',
): Promise<SegmentView> {
  const pins = await tx.pins.count(segment.id);
  const usedBy = usersOf(await tx.segments.list(), segment.id).map((user) => user.alias);
  const describe = await describer(tx);
  return {
    ...describe(segment),
    pinnedIn: pins.in,
    pinnedOut: pins.out,
    pinsEnding: pins.ending,
    usedBy,
    reach: await tx.members.reach(segment.id, channel),
  };
}

async function describer(tx: ReadTx): Promise<(segment: SegmentRow) => SegmentWithFilter> {
  const catalogue = await loadCatalogue(tx);
  const { timezone } = await tx.settings.get();
  return (segment) => ({
    segment,
    filter: filterText(segment, catalogue),
    plan: planOf(segment),
    convertsAt: convertsAt(segment, timezone),
  });
}

/**
 * The filter's text, or what is wrong with it if it can no longer be read: a list must not fail
 * because of one segment.
 */
export function filterText(segment: SegmentRow, catalogue: Catalogue): string | null {
  if (segment.filter === null) return null;
  try {
    return printFilter(decodeAst(segment.filter), catalogue);
  } catch (error) {
    if (error instanceof UserError) return `(${error.message})`;
    throw error;
  }
}
