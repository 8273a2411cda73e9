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
