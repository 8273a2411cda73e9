import type { CauseRow } from './rows.ts';

/**
 * A place in the order of all joins and leaves: behind this one. `step` tells apart what one contact
 * did by one cause. A place means nothing in another life of the store.
 */
export interface MovePlace {
  readonly causeId: number;
  readonly contactId: number;
  readonly step: number;
}

/** Behind nothing. */
export const FIRST_PLACE: MovePlace = { causeId: 0, contactId: 0, step: 0 };

/** Somebody joined or left a segment. */
export interface Move {
  readonly place: MovePlace;
  readonly segmentId: number;
  /** The segment's alias of today, or the one that it was deleted under. */
  readonly segment: string | null;
  readonly contactId: number;
  /** The contact's address of today; null where it has none, or is gone. */
  readonly email: string | null;
  readonly change: 'joined' | 'left';
  readonly cause: CauseRow;
}

export interface MoveQuery {
  readonly after: MovePlace;
  /** Those of these segments only. */
  readonly segmentIds?: readonly number[] | undefined;
  readonly limit: number;
}

export interface MovesReader {
  /**
   * Joins and leaves behind a place, in the order in which they were committed. The same query gives
   * the same moves, and later ones behind them, as long as all are kept.
   */
  list(query: MoveQuery): Promise<readonly Move[]>;
  /** The place behind all moves that there are. */
  end(): Promise<MovePlace>;
  /** Up to this cause some moves are kept no longer. */
  keptFrom(): Promise<number>;
  /** What was kept last as told to this command; undefined where it was told nothing yet. */
  toldTo(command: string): Promise<string | undefined>;
  /** Which life of the store this is: places of another one mean nothing here. */
  timeline(): Promise<string>;
}

/** Up to where a command has been told who joined and left, as text that means nothing here. */
export interface MovesWriter extends MovesReader {
  keepTold(command: string, cursor: string, now: number): Promise<void>;
}
