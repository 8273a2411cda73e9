import type { CauseRow } from './rows.ts';

/** Who joined and left a segment within a period, through one channel. */
export interface PeriodMoves {
  /** Counted from 0. */
  readonly period: number;
  readonly via: string;
  readonly joined: number;
  readonly left: number;
}

/** A contact joined or left a segment. */
export interface ContactMove {
  readonly change: 'joined' | 'left';
  readonly segmentId: number;
  readonly cause: CauseRow;
}

/** A contact's pin that stands, of a segment that was deleted too. */
export interface ContactPin {
  readonly segmentId: number;
  readonly kind: 'in' | 'out';
  readonly via: string;
  /** What decided it is called, such as a trigger. */
  readonly name: string | null;
  readonly by: string | null;
  readonly reason: string | null;
  readonly until: number | null;
  readonly createdAt: number;
}

/*
 * What was, in segments. Bounds are instants (epoch ms), ascending; a period reaches from one to the
 * instant before the next.
 */
export interface HistoryReader {
  /** From when on (epoch ms) all joins and leaves are kept; 0 where none was forgotten. */
  keptFrom(): Promise<number>;
  /** When anybody first joined or left a segment, as far as that is known (epoch ms). */
  firstMove(segmentId: number): Promise<number | undefined>;
  /** Joins and leaves of each period between bounds, as their causes count them, by channel. */
  moves(segmentId: number, bounds: readonly number[]): Promise<readonly PeriodMoves[]>;
  /** How many members there were in the instant before each bound. */
  sizes(segmentId: number, bounds: readonly number[]): Promise<readonly number[]>;
  /** All joins and leaves of a contact, of deleted segments too, in the order in which they were committed. */
  movesOf(contactId: number): Promise<readonly ContactMove[]>;
  pinsOf(contactId: number): Promise<readonly ContactPin[]>;
}

export interface HistoryWriter extends HistoryReader {
  /**
   * Forgets the intervals that ended before this instant (epoch ms); gives how many. What those who
   * follow joins and leaves have not read of it by then they must export anew.
   */
  forget(before: number): Promise<number>;
}
