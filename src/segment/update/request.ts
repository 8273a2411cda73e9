import type { Difference, RunSegmentRow, RunTotals, WriteTx } from '../../store/index.ts';
import type { IdList } from '../../support/id-list.ts';
import type { Firing } from '../triggers/firing.ts';
import type { Due } from './due.ts';
import type { CountContacts, Plan } from './plan.ts';

/** Runs `work` in one transaction of a run. All of it is kept, or none if it throws. */
export type Write = <T>(work: (tx: WriteTx) => Promise<T>) => Promise<T>;

export interface UpdateRequest extends BuildOptions {
  /**
   * Aliases or ids; empty means every published dynamic segment. Segments that they refer to are
   * updated too.
   */
  readonly segments: readonly string[];
  /** Aliases or ids of segments to leave as they are. */
  readonly exclude?: readonly string[] | undefined;
  /** The one clock of the run, epoch ms; the instant of its first transaction when left out. */
  readonly now?: number | undefined;
  /**
   * Reports what the run would do, with the ids of contacts that would join and leave, and writes
   * nothing.
   */
  readonly dryRun?: boolean | undefined;
  /** True when the caller does not hold the run lock, so that other runs may be at work. */
  readonly beside?: boolean | undefined;
  /**
   * Called between two segments; true ends the run there. With it, the run builds first what was
   * built the longest time ago.
   */
  readonly isTimeUp?: (() => boolean) | undefined;
  /** Called before segments are built, with the first of them, for progress. */
  readonly onSegment?: ((alias: string, done: number, total: number) => void) | undefined;
}

/** A number of contacts, or a share of the present members (0.2 is 20 %). */
export type Bound =
  | { readonly kind: 'count'; readonly count: number }
  | { readonly kind: 'share'; readonly share: number };

/** Options that apply to every build of a run. */
export interface BuildOptions {
  /** Builds every segment in full, whatever was changed. */
  readonly full?: boolean | undefined;
  /**
   * True when `now` was read from the system's clock and not given by the user. A segment that
   * another run has built as of a later time is then left alone.
   */
  readonly isClockRead?: boolean | undefined;
  /**
   * A segment that would lose or gain more members than this keeps those it has, unless it is built
   * for the first time.
   */
  readonly maxShrink?: Bound | undefined;
  readonly maxGrow?: Bound | undefined;
  /** The most contacts that may join or leave one segment; the rest is left for the next runs. */
  readonly maxChanges?: number | undefined;
  /** The most contacts for which one statement evaluates a filter. */
  readonly batch?: number | undefined;
  /**
   * Ends a transaction after this many evaluations of candidates, because other writers wait for
   * it. With 0 each segment has its own transaction.
   */
  readonly mostWork?: number | undefined;
  /**
   * From so many contacts on, full builds of one transaction read columns; what is left out is
   * decided by measurement. Infinity: they go by SQL alone.
   */
  readonly columnsFrom?: number | undefined;
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
   * Plans by search key, for searches that found too many candidates. They are not repeated in this
   * run: changes that are logged meanwhile cannot make them fewer.
   */
  readonly tooMany: Map<string, Plan>;
  /** Said of each build where all of them are full ones. */
  readonly whyFull: string;
  /** What the run did at its beginning because it was due. */
  readonly due: Due;
  /** Whether builds return the ids of the contacts whose membership they change. */
  readonly namesChanges: boolean;
}

/**
 * How many milliseconds a build took to find out what may have changed, to evaluate the filter and
 * to write. Time spent for several segments at once is divided among them.
 */
export interface Timing {
  readonly planMs: number;
  readonly evaluateMs: number;
  readonly writeMs: number;
}

export interface SegmentReport extends RunSegmentRow {
  readonly alias: string;
  /** Undefined if the segment was not built. */
  readonly timing?: Timing | undefined;
  /** The contacts that would join, leave or change `via`; only in dry runs. */
  readonly named?: Named | undefined;
}

export interface Named {
  readonly joining: IdList;
  readonly leaving: IdList;
}

export interface UpdateReport extends RunTotals {
  /** Null for a dry run. */
  readonly runId: number | null;
  readonly now: number;
  readonly due: Due;
  readonly reports: readonly SegmentReport[];
  /** The triggers that fired or could not be asked. */
  readonly triggers: readonly Firing[];
  /** Notes about segments that were named and need no update: static ones. */
  readonly notices: readonly string[];
  readonly ms: number;
}

export function changes(difference: Difference): boolean {
  return difference.joined + difference.left > 0;
}

export function elapsedMs(started: number): number {
  return Math.round(performance.now() - started);
}
