/** What can stand around a value and is no part of it. */
export type Wrapping =
  'name' | 'mailto' | 'brackets' | 'mark' | 'currency' | 'percent' | 'apostrophe' | 'formula';

/** A value that was read, but for what stood around it; readers say so, since imports count it. */
export interface Cleaned<T = string | number> {
  readonly kind: 'cleaned';
  readonly value: T;
  readonly from: Wrapping;
}

/** What a reader found may be a text, a number, a marker, a list, or none of these. */
export function isCleaned(found: unknown): found is Cleaned {
  return typeof found === 'object' && found !== null && 'kind' in found && found.kind === 'cleaned';
}
