import type { DateTest, FilterAst, Window } from './ast.ts';
import type { Catalogue } from './catalogue.ts';

/** All that can change a filter's answer for a contact while the definition stays as it is. */
export interface Dependencies {
  /** Ids of the contact's own fields that are read. */
  readonly profile: readonly number[];
  /** Ids of company fields that are read (through the contact's company, so the link counts too). */
  readonly company: readonly number[];
  readonly tags: boolean;
  readonly consent: boolean;
  /** Event types, folded, each once. */
  readonly eventTypes: readonly string[];
  /** Segments whose members are read, by `in segment` or `joined segment`. */
  readonly segments: readonly number[];
  /** Every place where a date is compared, relative or absolute (a changed zone moves absolute days too). */
  readonly moments: readonly Moment[];
  /** A date test without an index range stands in the filter (`property.NAME` with a date): always rebuild in full. */
  readonly opaque: boolean;
}

export interface Moment {
  readonly place: Place;
  readonly test: DateTest | Window;
}

/** Where the compared dates stand. `grain` says whether the place holds days (text) or instants (epoch ms). */
export type Place =
  | { readonly kind: 'field'; readonly object: 'contact' | 'company'; readonly field: number; readonly column: string; readonly grain: 'day' | 'instant' }
  | { readonly kind: 'anniversary'; readonly object: 'contact' | 'company'; readonly field: number; readonly column: string }
  | { readonly kind: 'events'; readonly eventType: string }
  | { readonly kind: 'memberships'; readonly segment: number };

export function dependencies(_ast: FilterAst, _catalogue: Catalogue): Dependencies {
  throw new Error('not written yet');
}
