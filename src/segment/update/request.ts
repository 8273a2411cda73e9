import type { Difference, RunSegmentRow, RunTotals, WriteTx } from '../../store/index.ts';
import type { Due } from './due.ts';

/** One transaction of a run, given what it is to do in it; all of it is kept, or none when it throws. */
export type Write = <T>(work: (tx: WriteTx) => Promise<T>) => Promise<T>;

export interface UpdateRequest {
  /** Aliases or ids; none means every published dynamic segment. Those that they refer to are updated too. */
  readonly segments: readonly string[];
  /** The one clock of the run, epoch ms. */
  readonly now: number;
  /** Builds every segment anew, whatever was changed. */
  readonly full?: boolean | undefined;
  /** Called before each segment, for progress. */
  readonly onSegment?: ((alias: string, done: number, total: number) => void) | undefined;
}

/** What all builds of one run share: its clock (epoch ms), and how many contacts there are. */
export interface Run {
  readonly now: number;
  readonly runId: number;
  readonly contacts: number;
  readonly full: boolean;
  /** What was done at its beginning. */
  readonly due: Due;
}

export interface SegmentReport extends RunSegmentRow {
  readonly alias: string;
}

export interface UpdateReport extends RunTotals {
  readonly runId: number;
  readonly now: number;
  readonly due: Due;
  readonly reports: readonly SegmentReport[];
  /** What the user asked for and needs no work: static segments by name. */
  readonly notices: readonly string[];
  readonly ms: number;
}

export function changes(difference: Difference): boolean {
  return difference.joined + difference.left > 0;
}

export function elapsedMs(started: number): number {
  return Math.round(performance.now() - started);
}
