import {
  listDeletedSegments,
  listSegments,
  type SegmentWithFilter,
} from '../../../../segment/listing.ts';
import { defineCommand } from '../../../define-command.ts';
import { emptyList } from '../../../views/empty-list.ts';
import { listFooter } from '../../../views/list-footer.ts';
import { flag, usage, value } from '../../../options/options.ts';
import { type Column, rows } from '../../../output/result.ts';
import { choice, pageOptions, text } from '../../../options/values.ts';
import { deletedList } from '../../../views/deleted-segments.ts';
import { segmentColumns } from '../../../views/segment-columns.ts';

export default defineCommand({
  name: 'segments:list',
  description:
    'Lists segments with their members, how many of them are anonymous, what the last run ' +
    'changed, and, where some are ' +
    'unpublished, which.',
  arguments: {},
  options: {
    type: value('--type <type>', 'static or dynamic', choice(['static', 'dynamic'])),
    search: value('--search <words>', 'only those whose name or alias holds all these words', text),
    deleted: flag('--deleted', 'those that were deleted and that segments:restore can bring back'),
    ...pageOptions,
  },
  examples: [
    'rollcall segments:list --db crm.db',
    'rollcall segments:list --type dynamic --search leads --json --db crm.db',
  ],
  exitCodes: [],
  store: 'open',
  result: 'rows',
  run: async ({ store }, _, { deleted, type, search, limit, after }) => {
    if (deleted) {
      if (after !== undefined) throw usage('`--after` does not go with `--deleted`', LAST_FIRST);
      const asked = { kind: type, search, limit };
      return deletedList(await store.read(async (tx) => listDeletedSegments(tx, asked)), asked);
    }
    const found = await store.read(async (tx) =>
      listSegments(tx, { kind: type, search, limit, after }),
    );
    return rows({
      rows: found,
      columns: columnsFor(found),
      id: ({ segment }) => segment.id,
      empty: emptyList('segments', { type, search, limit, after }, NONE),
      footer: listFooter({ limit }, 'segment'),
    });
  },
});

const LAST_FIRST = 'the last one deleted comes first: give --limit alone';

const NONE =
  "no segments: make one with rollcall segments:create 'French leads' --where 'country = \"FR\"'";

/**
 * People are only told of publishing where there is something to tell: there is little room beside
 * the counts.
 */
function columnsFor(found: readonly SegmentWithFilter[]): readonly Column<SegmentWithFilter>[] {
  const isTold = found.some(({ segment }) => !segment.published);
  return segmentColumns.map((column) => {
    return column.key === 'published' ? { ...column, header: 'publ.', inTable: isTold } : column;
  });
}
