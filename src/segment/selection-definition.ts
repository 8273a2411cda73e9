import type { StoreFilter } from '../contact/checked-filter.ts';
import { loadCatalogue } from '../contact/fields.ts';
import { type ContactSelection, readSelection } from '../contact/where.ts';
import { decodeAst, printFilter, referredSegments } from '../filter/index.ts';
import type { ReadTx, SegmentRow } from '../store/index.ts';
import { filterText } from './listing.ts';
import { getSegment } from './lookup.ts';

/** What a segment is made of; null where no filter is evaluated for it. */
interface SegmentMeaning {
  readonly kind: SegmentRow['kind'];
  readonly filter: string | null;
}

/** Which contacts a selection means, so that two can be held against each other. */
export interface SelectionDefinition {
  /** The alias of the segment whose members are meant. */
  readonly segment: string | null;
  /** The filter and the search together, as the filter language writes them. */
  readonly filter: string | null;
  /** By alias: that segment, those that the filter reads, and those that these read. */
  readonly segments: Readonly<Record<string, SegmentMeaning>>;
  /** What days and weeks of filters mean. */
  readonly timezone: string;
  readonly week_start: string;
}

export interface Selection extends ContactSelection {
  /** By alias or id. */
  readonly segment?: string | undefined;
}

/** `UserError` (2): an unknown segment, or a bad filter or search. */
export async function defineSelection(
  tx: ReadTx,
  selection: Selection,
): Promise<SelectionDefinition> {
  const segment =
    selection.segment === undefined ? undefined : await getSegment(tx, selection.segment);
  const filter = await readSelection(tx, selection);
  const { timezone, weekStart } = await tx.settings.get();
  return {
    segment: segment?.alias ?? null,
    filter: filter === undefined ? null : printFilter(filter.ast, filter.catalogue),
    segments: await meanings(tx, segment, filter),
    timezone,
    week_start: weekStart,
  };
}

async function meanings(
  tx: ReadTx,
  segment: SegmentRow | undefined,
  filter: StoreFilter | undefined,
): Promise<Record<string, SegmentMeaning>> {
  const catalogue = await loadCatalogue(tx);
  const rows = new Map((await tx.segments.list()).map((row) => [row.id, row]));
  const found: [string, SegmentMeaning][] = [];
  const wanted = new Set(filter === undefined ? [] : referredSegments(filter.ast));
  if (segment !== undefined) wanted.add(segment.id);
  // a set is gone through to what is added to it on the way
  for (const id of wanted) {
    const row = rows.get(id);
    if (row === undefined) continue;
    const evaluated = row.kind === 'dynamic' ? row.filter : null;
    const text = filterText({ ...row, filter: evaluated }, catalogue);
    found.push([row.alias, { kind: row.kind, filter: text }]);
    for (const read of segmentsReadBy(evaluated)) wanted.add(read);
  }
  return Object.fromEntries(found.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function segmentsReadBy(filter: string | null): readonly number[] {
  return filter === null ? [] : referredSegments(decodeAst(filter));
}
