import type { OrderedReader, Page } from './query.ts';
import type { DueTotals, RunRow, RunSegmentRow, RunStatus, RunTotals } from './rows.ts';

/** Who joined and left one segment in a run by what has one name, such as a trigger. */
export interface RunMoves {
  readonly name: string;
  readonly segmentId: number;
  readonly joined: number;
  readonly left: number;
}

/** What runs can be sorted by. */
export const RUN_KEYS: readonly string[] = [
  ...['id', 'command', 'now', 'started_at', 'finished_at', 'status', 'segments', 'changed'],
  ...['joined', 'left', 'failed', 'held', 'pins_ended', 'converted', 'ms'],
];

/** Its list is newest first; `after` a run come older ones. */
export interface RunsReader extends OrderedReader<Page, RunRow> {
  find(id: number): Promise<RunRow | undefined>;
  /** The newest run of a command, or the newest of those with this status. */
  last(command: string, status?: RunStatus): Promise<RunRow | undefined>;
  segments(runId: number): Promise<RunSegmentRow[]>;
  /** Joins and leaves through one channel, in the order in which they came about. */
  moves(run: Pick<RunRow, 'id' | 'now'>, via: string): Promise<RunMoves[]>;
  /** How one segment fared in its latest runs, newest first. */
  ofSegment(
    segmentId: number,
    limit: number,
  ): Promise<(RunSegmentRow & { readonly runId: number; readonly now: number })[]>;
}
export interface RunsWriter extends RunsReader {
  /**
   * Opens a run's record; gives its id. Closes unfinished records of this command as `interrupted`:
   * whoever holds the run lock knows that their runs died. Not with `beside`, which says that this
   * run goes without the lock, beside others.
   */
  begin(
    command: string,
    now: number,
    startedAt: number,
    options?: { readonly beside?: boolean | undefined },
  ): Promise<number>;
  recordDue(runId: number, due: DueTotals): Promise<void>;
  recordSegments(runId: number, rows: readonly RunSegmentRow[]): Promise<void>;
  finish(
    runId: number,
    status: RunStatus,
    totals: RunTotals,
    finishedAt: number,
    ms: number,
  ): Promise<void>;
  /** Forgets runs that started before this instant (epoch ms). */
  prune(startedBefore: number): Promise<void>;
}
