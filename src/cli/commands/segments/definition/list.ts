import {
  listDeletedSegments,
  listSegments,
  type SegmentWithFilter,
} from '../../../../segment/listing.ts';
import { defineCommand } from '../../../define-command.ts';
import { countResult } from '../../../views/count.ts';
import { emptyList } from '../../../views/empty-list.ts';
import { listFooter } from '../../../views/list-footer.ts';
import { listOptions, requireListSense } from '../../../options/list-options.ts';
import { flag, usage, value } from '../../../options/options.ts';
import { type Column, rows } from '../../../output/result.ts';
import { choice, text } from '../../../options/values.ts';
import { deletedList } from '../../../views/deleted-segments.ts';
import { sortedRows } from '../../../views/sorted-rows.ts';
import { segmentColumns } from '../../../views/segment-columns.ts';

export default defineCommand({
  name: 'segments:list',
  description:
    'Lists segments with their members and what the last run changed; where some are anonymous, ' +
    'how many, and where segments are unpublished, which.',
  arguments: {},
  options: {
    type: value('--type <type>', 'static or dynamic', choice(['static', 'dynamic'])),
    search: value('--search <words>', 'only those whose name or alias holds all these words', text),
    deleted: flag(
      '--deleted',
      'instead those that were deleted in the last 90 days: segments:restore brings them back',
    ),
    ...listOptions(),
  },
  examples: [
    'rollcall segments:list --db crm.db',
    'rollcall segments:list --type dynamic --search leads --json --db crm.db',
  ],
  exitCodes: [],
  store: 'open',
  result: 'rows',
  run: async ({ store, format }, _, { deleted, type, search, after, count, ...asked }) => {
    requireListSense({ ...asked, count, after }, format);
    if (deleted && after !== undefined)
      throw usage('`--after` does not go with `--deleted`', LAST_FIRST);
    const which = { kind: type, search, after };
    if (deleted) {
      const gone = await store.read(async (tx) => listDeletedSegments(tx, which));
      return count
        ? countResult('deleted_segments', gone.length)
        : deletedList(gone, { ...which, ...asked });
    }
    const found = await store.read(async (tx) => listSegments(tx, which));
    if (count) return countResult('segments', found.length);
    const columns = columnsFor(found);
    return rows({
      rows: sortedRows(found, columns, asked),
      columns,
      id: ({ segment }) => segment.id,
      empty: emptyList('segments', { type, search, after }, NONE),
      footer: listFooter(asked, 'segment'),
    });
  },
});

const LAST_FIRST = 'the last one deleted comes first: give --limit alone';

const NONE =
  "no segments: make one with rollcall segments:create 'French leads' --where 'country = \"FR\"'";

/**
 * People are only told of publishing and of anonymous members where there is something to tell:
 * there is little room beside the counts.
 */
function columnsFor(found: readonly SegmentWithFilter[]): readonly Column<SegmentWithFilter>[] {
  const told: Readonly<Record<string, boolean>> = {
    published: found.some(({ segment }) => !segment.published),
    anonymous: found.some(({ segment }) => segment.anonymous > 0),
  };
  return segmentColumns.map((column) => {
    const { key, header = SHORT[key], inTable = true } = column;
    return {
      ...column,
      ...(header === undefined ? {} : { header }),
      inTable: told[key] ?? inTable,
    };
  });
}

const SHORT: Readonly<Record<string, string>> = {
  joined_last_run: 'joined',
  left_last_run: 'left',
};
