import type { Page } from '../store/index.ts';
import { pagesByKey } from '../support/by-key.ts';
import { EXIT, UserError } from '../support/errors.ts';
import { parseId } from '../support/record-id.ts';

const PAGE = 1_000;

interface Recorded {
  readonly id: number;
}

/** Where records of one kind are kept, such as runs. */
interface Records<Row> {
  find(id: number): Promise<Row | undefined>;
  /** The newest first. */
  list(page: Page): Promise<readonly Row[]>;
}

/** How messages speak of such records. */
export interface RecordWords {
  /** `run`; the commands are `runs:list` and `runs:show`. */
  readonly noun: string;
  readonly code: string;
  /** What makes the first one. */
  readonly command: string;
  /** What the list shows. */
  readonly listed: string;
}

/** What was recorded, newest first, page by page as `read` gives it. */
export async function* eachRecorded<Row extends Recorded>(
  page: Page,
  read: (page: Page) => Promise<readonly Row[]>,
): AsyncGenerator<Row> {
  const pages = pagesByKey({
    read: async (after, limit) => read({ after, limit }),
    keyOf: ({ id }) => id,
    size: PAGE,
    ...page,
    falls: true,
  });
  for await (const rows of pages) yield* rows;
}

/** The record of an id, or the `last`. `UserError` (2) when there is none. */
export async function getRecorded<Row extends Recorded>(
  records: Records<Row>,
  reference: string,
  { noun, code, command, listed }: RecordWords,
): Promise<Row> {
  const [newest] = await records.list({ limit: 1 });
  const id = parseId(reference);
  const found =
    reference === 'last' ? newest : id === undefined ? undefined : await records.find(id);
  if (found !== undefined) return found;
  if (newest === undefined)
    throw new UserError(code, EXIT.usage, `there are no ${noun}s yet`, {
      hint: `make the first: rollcall ${command}`,
    });
  throw new UserError(code, EXIT.usage, `unknown ${noun} ${reference}`, {
    hint:
      `the newest is ${newest.id}, or: rollcall ${noun}s:show last; ` +
      `\`rollcall ${noun}s:list\` shows ${listed}`,
  });
}
