export const DUPLICATE_KINDS = ['email', 'phone', 'name'] as const;
export type DuplicateKind = (typeof DUPLICATE_KINDS)[number];

export interface DuplicateQuery {
  /** By what contacts may be alike. */
  readonly kinds: readonly DuplicateKind[];
  /** Those behind these. */
  readonly after?: readonly number[] | undefined;
  readonly limit: number;
}

/** Contacts that have something in common, by id. */
export interface AlikeContacts {
  readonly ids: readonly number[];
  /** All that just these have in common, by kind. */
  readonly shared: readonly Shared[];
}

/** What contacts have in common, as it is compared. */
export interface Shared {
  readonly by: DuplicateKind;
  readonly value: string;
}
