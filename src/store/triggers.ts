import type { Condition } from '../sql/condition.ts';
import type { Reads, Watermark } from './changes.ts';
import type { Move } from './moves.ts';
import type { Page } from './query.ts';

/**
 * What acts on contacts by itself. `definition` says in JSON when it fires and what it does then. Up
 * to the marks, events and causes do not concern it.
 */
export interface TriggerRow {
  readonly id: number;
  readonly name: string;
  readonly definition: string;
  readonly published: boolean;
  readonly madeBy: string | null;
  readonly eventMark: number;
  readonly causeMark: number;
  /** Of what was logged before, it has been asked; null when everybody has to be looked at. */
  readonly seen: Watermark | null;
  /** Why it could not fire the last time. */
  readonly error: string | null;
  /** Epoch ms. */
  readonly createdAt: number;
  readonly updatedAt: number;
}

export type NewTrigger = Pick<TriggerRow, 'name' | 'definition' | 'published' | 'madeBy'>;

/** Joins or leaves of one segment. */
export interface MovesOf {
  readonly segmentId: number;
  readonly change: Move['change'];
}

export interface TriggersReader {
  list(): Promise<readonly TriggerRow[]>;
  /** How often somebody joined or left by causes behind this one. */
  countMoves(moves: MovesOf & { readonly after: number }): Promise<number>;
}

/** How far everything had come when triggers began to be asked. */
export interface TriggerRound {
  readonly seen: Watermark;
}

/** Who may be concerned: those of whom something that is read was logged since, or only one. */
export interface Concerned {
  readonly since: Watermark | null;
  readonly reads: Reads;
  readonly onlyContact?: number | undefined;
}

/** Contacts that a trigger fires for, and for how many events if it is for such. */
export interface Fired {
  readonly contacts: number;
  readonly events: number | null;
}

export interface TriggersWriter extends TriggersReader {
  /** Name taken: `UserError` TAKEN (1). */
  insert(trigger: NewTrigger, now: number): Promise<number>;
  /** Name taken: `UserError` TAKEN (1). */
  update(id: number, trigger: NewTrigger, now: number): Promise<void>;
  delete(id: number): Promise<void>;
  /**
   * Takes no notice of any event or cause that there is, nor of who has `points` already; with
   * `existing` of all of them.
   */
  restart(
    id: number,
    options: { readonly existing: boolean; readonly points?: number | undefined },
  ): Promise<void>;
  /**
   * Begins to ask triggers: what is logged from now on is behind its watermark, and who moves from
   * now on, by other causes than before. Undefined where the log cannot be read: the next run mends
   * it.
   */
  begin(): Promise<TriggerRound | undefined>;
  /** The last cause that there is. */
  lastCause(): Promise<number>;
  /**
   * Notes the events behind the trigger's mark for which `where` (over events, alias `e`) holds and
   * for which it has not fired, as fired for.
   */
  fireForEvents(trigger: TriggerRow, where: Condition, concerned: Concerned): Promise<Fired>;
  /** Notes who has come to have so many points, and who has them no longer. */
  fireForPoints(trigger: TriggerRow, points: number, concerned: Concerned): Promise<Fired>;
  /** Notes who has so many points no longer, and nobody who has come to have them. */
  noteFallen(trigger: TriggerRow, points: number, concerned: Concerned): Promise<void>;
  /** Finds who joined or left a segment by causes behind the trigger's mark. */
  fireForMoves(trigger: TriggerRow, move: MovesOf, onlyContact?: number): Promise<Fired>;
  /** The contacts that the last of these found, by id. */
  fired(page: Page): Promise<number[]>;
  /** Keeps how far the trigger has been asked, and that it could be. */
  settle(id: number, reached: Pick<TriggerRow, 'seen' | 'causeMark'>): Promise<void>;
  /** Keeps why it could not be asked; what came meanwhile it will be asked about later. */
  fail(id: number, error: string): Promise<void>;
}
