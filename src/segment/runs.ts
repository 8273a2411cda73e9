import { readPagesOf } from '../contact/pages.ts';
import { orderBy, type Sorting } from '../contact/sorting.ts';
import { RUN_KEYS } from '../store/index.ts';
import type { Order, Page, ReadTx, RunRow, RunSegmentRow, Store } from '../store/index.ts';
import { eachRecorded, getRecorded, type RecordWords } from './recorded.ts';
import { type NotedFiring, notedFirings } from './triggers/run-notes.ts';
import { UPDATE_COMMAND } from './update/run-record.ts';
import { TRIGGER } from './via.ts';

const WORDS: RecordWords = {
  ...{ noun: 'run', code: 'UNKNOWN_RUN' },
  ...{ command: UPDATE_COMMAND, listed: 'those that are kept' },
};

/**
 * A segment as a run left it; `alias` is the present one, null if the segment was deleted since.
 */
export interface RunSegment extends RunSegmentRow {
  readonly alias: string | null;
}

/** What a trigger did in a segment of this present alias; only joins and leaves may be known. */
export interface RunTrigger extends Pick<
  NotedFiring,
  'name' | 'segmentId' | 'joined' | 'left' | 'error'
> {
  readonly alias: string | null;
  readonly pinned: number | null;
  readonly heldOut: number | null;
}

export interface RunView {
  readonly run: RunRow;
  /** By segment id. */
  readonly segments: readonly RunSegment[];
  readonly triggers: readonly RunTrigger[];
}

/**
 * The records of runs, newest first unless they are sorted, read page by page. `UserError` (2) as
 * `orderBy`.
 */
export function eachRun(store: Store, page: Page & Sorting): AsyncGenerator<RunRow> {
  const order = orderBy(RUN_KEYS, page);
  return order === undefined
    ? eachRecorded(page, async (some) => readRuns(store, async (tx) => tx.runs.list(some)))
    : runsInOrder(store, page, order);
}

async function* runsInOrder(store: Store, page: Page, order: Order): AsyncGenerator<RunRow> {
  const ids = await store.read(async (tx) => tx.runs.order(page, order));
  yield* readPagesOf(
    ids,
    ({ id }) => id,
    async (some) => readRuns(store, async (tx) => tx.runs.list({ ids: some })),
  );
}

/**
 * One run with its segments, of which `page` selects some. `reference` is its id or `last`.
 * `UserError` (2) when there is no such run.
 */
export async function viewRun(
  store: Store,
  reference: string,
  { after = 0, limit }: Page,
): Promise<RunView> {
  const [run] = await readRuns(store, async (tx) => [await getRecorded(tx.runs, reference, WORDS)]);
  if (run === undefined) throw new Error('one run gives one run');
  return store.read(async (tx) => {
    const rows = (await segmentsOfRun(tx, run.id)).filter(({ segmentId }) => segmentId > after);
    return { run, segments: rows.slice(0, limit), triggers: await triggersOfRun(tx, run) };
  });
}

/** How each segment fared in a run, by segment id. */
export async function segmentsOfRun(tx: ReadTx, runId: number): Promise<RunSegment[]> {
  return (await tx.runs.segments(runId)).map(await namedIn(tx));
}

/** What the audit has of it, or where that is not kept any more, whom triggers moved. */
async function triggersOfRun(tx: ReadTx, run: RunRow): Promise<RunTrigger[]> {
  const noted = await notedFirings(tx, run.id);
  const named = await namedIn(tx);
  if (noted.length > 0) return noted.map(named);
  const moves = await tx.runs.moves(run, TRIGGER);
  return moves.map((one) => named({ ...one, pinned: null, heldOut: null, error: null }));
}

/** Adds the present aliases of segments. */
async function namedIn(tx: ReadTx) {
  const aliases = new Map((await tx.segments.list()).map(({ id, alias }) => [id, alias]));
  return <Row extends { readonly segmentId: number | null }>(row: Row) => ({
    ...row,
    alias: (row.segmentId === null ? undefined : aliases.get(row.segmentId)) ?? null,
  });
}

/** The newest run of `segments:update`, and the newest in which all went well. */
export async function lastUpdates(
  store: Store,
): Promise<{ readonly last: RunRow | undefined; readonly success: RunRow | undefined }> {
  const [last] = await readRuns(store, async (tx) => listOf(await tx.runs.last(UPDATE_COMMAND)));
  const success = await store.read(async (tx) => tx.runs.last(UPDATE_COMMAND, 'ok'));
  return { last, success };
}

/**
 * Reads records, and shows those that say `running` as failed if their run has died. A run holds
 * the run lock from before its record begins until after it is closed. So a record that still says
 * `running` after the lock was seen free belongs to a dead run; the next run will close it.
 */
async function readRuns(
  store: Store,
  read: (tx: ReadTx) => Promise<readonly RunRow[]>,
): Promise<readonly RunRow[]> {
  const found = await store.read(read);
  if (!found.some(({ status }) => status === 'running') || (await store.isRunLocked()))
    return found;
  return (await store.read(read)).map((run) =>
    run.status === 'running' ? { ...run, status: 'interrupted' } : run,
  );
}

function listOf<T>(value: T | undefined): readonly T[] {
  return value === undefined ? [] : [value];
}
