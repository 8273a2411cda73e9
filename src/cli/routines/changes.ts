import { existsSync } from 'node:fs';
import { START } from '../../segment/cursor.ts';
import { type FeedPage, readFeed } from '../../segment/feed.ts';
import { counted } from '../../support/text.ts';
import type { StoreContext } from '../context.ts';
import { usage, value, type ValuesOf } from '../options/options.ts';
import { cursor, fileName } from '../options/values.ts';
import { type FileBeside, type RawResult, rows, type RowsResult } from '../output/result.ts';
import { visibleJson } from '../output/visible.ts';
import { changeColumns, changeData } from '../views/change.ts';
import { readWhole } from './input.ts';

export const changesOptions = {
  since: value(
    '--since <cursor>',
    'behind this cursor; start means from the beginning, end from now on',
    cursor,
  ),
  cursorFile: value(
    '--cursor-file <file>',
    'a file that holds the cursor, and gets the new one when all is written; if it is missing, ' +
      'everything is told',
    fileName,
  ),
} as const;

type Change = FeedPage['moves'][number];

/** The changes behind a cursor, as lines of JSON or, if another format is asked for, as rows. */
export async function changesSince(
  context: StoreContext,
  segments: readonly string[],
  { since, cursorFile }: ValuesOf<typeof changesOptions>,
): Promise<RawResult | RowsResult> {
  const from = await cursorFrom(context, since, cursorFile);
  const reached = { cursor: from };
  const pages = readFeed(context.store, { segments, since: from });
  const first = await pages.next(); // what is wrong with the cursor is known before anything is written
  const all = withFirst(first, pages, reached);
  const beside = cursorFile === undefined ? undefined : besideOf(cursorFile, reached);
  const warnings = first.done === true ? [] : first.value.warnings;
  if (context.format === 'ndjson')
    return { kind: 'raw', chunks: allLines(all, reached), beside, warnings };
  return {
    ...rows({
      rows: movesOf(all),
      columns: changeColumns,
      id: ({ contactId }) => contactId,
      empty: 'nobody joined or left since',
      footer: (count) => `${counted(count, 'change')}; cursor ${reached.cursor}`,
      warnings,
    }),
    closing: () => ({ cursor: reached.cursor }),
    beside,
  };
}

async function cursorFrom(
  context: StoreContext,
  since: string | undefined,
  file: string | undefined,
): Promise<string> {
  if (since !== undefined && file !== undefined)
    throw usage('`--since` and `--cursor-file` both say where to begin', 'give one of them');
  if (file === undefined) {
    if (since !== undefined) return since;
    throw usage('where to begin is missing', 'give --since start, --since CURSOR or --cursor-file');
  }
  context.requireNotOutput(file, `the cursor file ${file}`);
  await context.store.requireOtherFile(file, '--cursor-file');
  return existsSync(file) ? readWhole(file, 'a cursor').trim() : START;
}

function besideOf(path: string, reached: { readonly cursor: string }): FileBeside {
  return { path, text: () => `${reached.cursor}\n` };
}

async function* withFirst(
  first: IteratorResult<FeedPage>,
  rest: AsyncGenerator<FeedPage>,
  reached: { cursor: string },
): AsyncGenerator<FeedPage> {
  if (first.done === true) return;
  reached.cursor = first.value.cursor;
  yield first.value;
  for await (const page of rest) {
    reached.cursor = page.cursor;
    yield page;
  }
}

async function* allLines(
  pages: AsyncIterable<FeedPage>,
  reached: { readonly cursor: string },
): AsyncGenerator<string> {
  for await (const page of pages) yield [...linesOf(page)].join('');
  yield cursorLine(reached.cursor);
}

/** A page of the feed as lines of JSON. */
export function* linesOf({ moves }: FeedPage): Generator<string> {
  for (const move of moves) yield `${visibleJson(JSON.stringify(changeData(move)))}\n`;
}

/** The last line of the feed, by which a reader knows that it is whole. */
export function cursorLine(cursor: string): string {
  return `${JSON.stringify({ cursor })}\n`;
}

async function* movesOf(pages: AsyncIterable<FeedPage>): AsyncGenerator<Change> {
  for await (const { moves } of pages) yield* moves;
}
