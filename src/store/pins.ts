import type { Page } from './query.ts';
import type { Cause } from './members.ts';
import type { ContactSet } from './selections.ts';
import type { PinRow } from './rows.ts';

export interface PinsReader {
  list(segmentId: number, page: Page): Promise<PinRow[]>;
  /** `ending` are those of both kinds that have an end. */
  count(
    segmentId: number,
  ): Promise<{ readonly in: number; readonly out: number; readonly ending: number }>;
  /** The pins of these contacts, by contact id. */
  of(segmentId: number, contacts: ContactSet): Promise<PinRow[]>;
}
export interface PinsWriter extends PinsReader {
  /** Pins these contacts, replacing what pins they had. */
  set(
    segmentId: number,
    contacts: ContactSet,
    pin: Pick<PinRow, 'kind' | 'until'>,
    cause: Cause,
  ): Promise<void>;
  /** Pins every present member in who has no pin, without an end. Gives how many. */
  pinMembers(segmentId: number, cause: Cause): Promise<number>;
  /**
   * Gives the pins of these contacts another end (epoch ms), or none; all else about them stays.
   */
  moveEnd(segmentId: number, contactIds: readonly number[], until: number | null): Promise<void>;
  /**
   * Takes away all pins whose end has come by `now` (epoch ms). Gives how many there were, by
   * segment.
   */
  end(now: number): Promise<{ readonly segmentId: number; readonly pins: number }[]>;
  /** Removes pins, of one kind or of both; gives how many there were. */
  clear(
    segmentId: number,
    contactIds: readonly number[] | 'all',
    kind?: PinRow['kind'],
  ): Promise<number>;
}
