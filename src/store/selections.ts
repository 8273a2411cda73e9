/**
 * Contacts that were selected and stand together in the store, for what is done with all of them at
 * once. A later selection overtakes them.
 */
export interface Selected {
  readonly count: number;
  /** The greatest of their ids; undefined when there are none. */
  readonly last: number | undefined;
  /** Those of them who are not among these; they overtake the ones they were chosen from. */
  without(ids: readonly number[]): Promise<Selected>;
}

/** Contacts by their ids, or as they were selected. */
export type ContactSet = readonly number[] | Selected;

/** How many contacts these are. */
export function countOf(contacts: ContactSet): number {
  return 'count' in contacts ? contacts.count : contacts.length;
}
