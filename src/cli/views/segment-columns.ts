import type { SegmentView, SegmentWithFilter } from '../../segment/listing.ts';
import { mapAttributes, type SegmentAttribute } from '../../store/index.ts';
import type { Column } from '../output/result.ts';

/** The columns of `segments:list`, in the documented order. */
export const segmentColumns: readonly Column<SegmentWithFilter>[] = [
  { key: 'id', kind: 'number', of: ({ segment }) => segment.id },
  { key: 'alias', of: ({ segment }) => segment.alias },
  { key: 'name', of: ({ segment }) => segment.name },
  { key: 'type', fit: 'whole', importance: 'spare', of: ({ segment }) => segment.kind },
  ...attributeColumns(({ isListed }) => isListed === true).map((column) => ({
    ...column,
    inTable: false,
  })),
  { key: 'members', kind: 'count', importance: 'needed', of: ({ segment }) => segment.members },
  {
    key: 'identified',
    kind: 'count',
    inTable: false,
    of: ({ segment }) => segment.members - segment.anonymous,
  },
  {
    key: 'anonymous',
    kind: 'count',
    importance: 'spare',
    of: ({ segment }) => segment.anonymous,
  },
  {
    key: 'joined_last_run',
    kind: 'count',
    importance: 'spare',
    of: ({ segment }) => segment.joinedLastRun,
  },
  {
    key: 'left_last_run',
    kind: 'count',
    importance: 'spare',
    of: ({ segment }) => segment.leftLastRun,
  },
  { key: 'built_at', kind: 'instant', of: ({ segment }) => segment.builtAt },
  { key: 'filter', inTable: false, of: ({ filter }) => filter },
  { key: 'convert_on', inTable: false, of: ({ plan }) => (plan?.kind === 'on' ? plan.day : null) },
  {
    key: 'convert_after_inactivity',
    inTable: false,
    of: ({ plan }) => (plan?.kind === 'inactivity' ? plan.period : null),
  },
  {
    key: 'convert_planned_at',
    kind: 'instant',
    inTable: false,
    of: ({ plan }) => plan?.plannedAt ?? null,
  },
  { key: 'converts_at', kind: 'instant', inTable: false, of: ({ convertsAt }) => convertsAt },
];

/** What `segments:show` adds. */
export const segmentDetails: readonly Column<SegmentView>[] = [
  ...attributeColumns(({ isListed }) => isListed !== true),
  { key: 'pinned_in', kind: 'count', of: ({ pinnedIn }) => pinnedIn },
  { key: 'pinned_out', kind: 'count', of: ({ pinnedOut }) => pinnedOut },
  { key: 'pins_ending', kind: 'count', of: ({ pinsEnding }) => pinsEnding },
  { key: 'suppressed', kind: 'count', of: ({ reach }) => reach.suppressed },
  {
    key: 'without_address',
    kind: 'count',
    of: ({ reach }) => reach.withoutAddress,
  },
  { key: 'reachable', kind: 'count', of: ({ reach }) => reach.reachable },
  { key: 'used_by', kind: 'list', of: ({ usedBy }) => usedBy },
  { key: 'last_joined_or_left_at', kind: 'instant', of: ({ segment }) => segment.movedAt },
  { key: 'converted_at', kind: 'instant', of: ({ segment }) => segment.convertedAt },
  { key: 'converted_run', kind: 'number', of: ({ segment }) => segment.convertedRun },
  { key: 'created_at', kind: 'instant', of: ({ segment }) => segment.createdAt },
  { key: 'updated_at', kind: 'instant', of: ({ segment }) => segment.updatedAt },
];

function attributeColumns(
  isMeant: (attribute: SegmentAttribute) => boolean,
): Column<SegmentWithFilter>[] {
  const columns = mapAttributes((attribute, key): Column<SegmentWithFilter>[] => {
    const { column, type } = attribute;
    const kind = type === 'switch' ? 'boolean' : 'text';
    return isMeant(attribute) ? [{ key: column, kind, of: ({ segment }) => segment[key] }] : [];
  });
  return Object.values(columns).flat();
}
