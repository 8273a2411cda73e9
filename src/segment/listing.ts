import { loadCatalogue } from '../contact/fields.ts';
import { type Catalogue, decodeAst, printFilter } from '../filter/index.ts';
import type { ReadTx, SegmentKind, SegmentRow } from '../store/index.ts';
import { UserError } from '../support/errors.ts';
import { fold } from '../support/fold.ts';
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
  /** Today's text of the filter; null without one. */
  readonly filter: string | null;
}

export async function listSegments(tx: ReadTx, { kind, search = '', after = 0, limit }: SegmentQuery): Promise<SegmentWithFilter[]> {
  const words = fold(search).split(/\s+/u).filter((word) => word !== '');
  const catalogue = await loadCatalogue(tx);
  return (await tx.segments.list())
    .filter((segment) => segment.id > after && (kind === undefined || segment.kind === kind))
    .filter((segment) => words.every((word) => fold(`${segment.name} ${segment.alias}`).includes(word)))
    .slice(0, limit)
    .map((segment) => ({ segment, filter: filterText(segment, catalogue) }));
}

export interface SegmentView extends SegmentWithFilter {
  readonly pinnedIn: number;
  readonly pinnedOut: number;
  /** Aliases of the segments whose filters name this one. */
  readonly usedBy: readonly string[];
}

export async function viewSegment(tx: ReadTx, segment: SegmentRow): Promise<SegmentView> {
  const pins = await tx.pins.count(segment.id);
  const usedBy = usersOf(await tx.segments.list(), segment.id).map((user) => user.alias);
  return { segment, filter: filterText(segment, await loadCatalogue(tx)), pinnedIn: pins.in, pinnedOut: pins.out, usedBy };
}

/** A filter that cannot be read any more is shown as what is wrong with it: a list must not fail for one segment. */
function filterText(segment: SegmentRow, catalogue: Catalogue): string | null {
  if (segment.filter === null) return null;
  try {
    return printFilter(decodeAst(segment.filter), catalogue);
  } catch (error) {
    if (error instanceof UserError) return `(${error.message})`;
    throw error;
  }
}
