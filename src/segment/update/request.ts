import type { Difference, RunSegmentRow, RunTotals, WriteTx } from '../../store/index.ts';
import type { IdList } from '../../support/id-list.ts';
import type { Due } from './due.ts';
import type { CountContacts, Plan } from './plan.ts';

/**
 * One transaction of a run, given what it is to do in it; all of it is kept, or none when it
 * throws.
 */
export type Write = <T>(work: (tx: WriteTx) => Promise<T>) => Promise<T>;

export interface UpdateRequest extends BuildOptions {
  /**
   * Aliases or ids; none means every published dynamic segment. Those that they refer to are
   * updated too.
   */
  readonly segments: readonly string[];
  /** Aliases or ids of segments to leave as they are. */
  readonly exclude?: readonly string[] | undefined;
  /** The one clock of the run, epoch ms. */
  readonly now: number;
  /** Says what the run would do, with the ids of who would join and leave, and writes nothing. */
  readonly dryRun?: boolean | undefined;
  /** The caller does not hold the run lock: other runs may be at work. */
  readonly beside?: boolean | undefined;
  /**
   * Asked between two segments: true ends the run there. Such a run takes first what was built the
   * longest time ago.
   */
  readonly isTimeUp?: (() => boolean) | undefined;
  /** Called before segments are built, with the first of them, for progress. */
  readonly onSegment?: ((alias: string, done: number, total: number) => void) | undefined;
}

/** So many contacts, or such a share of the present members (0.2 is 20 %). */
export type Bound =
  | { readonly kind: 'count'; readonly count: number }
  | { readonly kind: 'share'; readonly share: number };

/** What builds of a run have to mind. */
export interface BuildOptions {
  /** Builds every segment anew, whatever was changed. */
  readonly full?: boolean | undefined;
  /**
   * `now` is the clock as it was read, not one that somebody asked for: where another run is ahead
   * of it, it is not gone back to.
   */
  readonly isClockRead?: boolean | undefined;
  /**
   * A segment that would lose or gain more keeps its members, unless it is built for the first
   * time.
   */
  readonly maxShrink?: Bound | undefined;
  readonly maxGrow?: Bound | undefined;
  /** At most so many contacts join or leave a segment; what is left is for the next runs. */
  readonly maxChanges?: number | undefined;
  /** Evaluates a filter for at most so many contacts in one statement. */
  readonly batch?: number | undefined;
  /**
   * Ends a transaction, which other writers wait for, after so many evaluations of candidates; with
   * 0 each segment has one of its own.
   */
  readonly mostWork?: number | undefined;
}

/** What all builds of one run share. */
export interface Run extends BuildOptions {
  /** Epoch ms. */
  readonly now: number;
  readonly runId: number;
  /** When it began by the system's clock, epoch ms. */
  readonly startedAt: number;
  readonly contacts: CountContacts;
  /**
   * Searches for candidates that found too many, with what comes of it: what is logged meanwhile
   * makes them no fewer.
   */
  readonly tooMany: Map<string, Plan>;
  /** What was done at its beginning. */
  readonly due: Due;
  /** Whether builds give the ids of whom they change. */
  readonly namesChanges: boolean;
}

/**
 * Where the milliseconds of a build went: into finding out what may have changed, evaluating the
 * filter, writing. What is done for several segments at once is divided among them.
 */
export interface Timing {
  readonly planMs: number;
  readonly evaluateMs: number;
  readonly writeMs: number;
}

export interface SegmentReport extends RunSegmentRow {
  readonly alias: string;
  /** Undefined where it was not built. */
  readonly timing?: Timing | undefined;
  /** Who would join, leave, or change `via`: of dry runs. */
  readonly named?: Named | undefined;
}

export interface Named {
  readonly joining: IdList;
  readonly leaving: IdList;
  readonly renaming: IdList;
}

export interface UpdateReport extends RunTotals {
  /** Null for a dry run. */
  readonly runId: number | null;
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
