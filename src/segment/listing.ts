import { loadCatalogue } from '../contact/fields.ts';
import { type Catalogue, decodeAst, printFilter } from '../filter/index.ts';
import type {
  ConversionPlan,
  DeletedSegmentRow,
  Reach,
  ReadTx,
  SegmentKind,
  SegmentRow,
} from '../store/index.ts';
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

export async function listSegments(tx: ReadTx, query: SegmentQuery): Promise<SegmentWithFilter[]> {
  const describe = await describer(tx);
  return asked(await tx.segments.list(), query).map(describe);
}

/** Segments that were deleted and are kept, the last one first. */
export async function listDeletedSegments(
  tx: ReadTx,
  query: Omit<SegmentQuery, 'after'>,
): Promise<DeletedSegmentRow[]> {
  return asked(await tx.segments.deleted(), query);
}

type Named = Pick<SegmentRow, 'id' | 'name' | 'alias' | 'kind'>;

function asked<S extends Named>(
  segments: readonly S[],
  { kind, search = '', after = 0, limit }: SegmentQuery,
): S[] {
  const words = fold(search)
    .split(/\s+/u)
    .filter((word) => word !== '');
  return segments
    .filter(({ id }) => id > after)
    .filter((segment) => kind === undefined || segment.kind === kind)
    .filter(({ name, alias }) => words.every((word) => fold(`${name} ${alias}`).includes(word)))
    .slice(0, limit);
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
export function filterText(
  segment: Pick<SegmentRow, 'filter'>,
  catalogue: Catalogue,
): string | null {
  if (segment.filter === null) return null;
  try {
    return printFilter(decodeAst(segment.filter), catalogue);
  } catch (error) {
    if (error instanceof UserError) return `(${error.message})`;
    throw error;
  }
}
