export const DUPLICATE_KINDS = ['email', 'phone', 'name'] as const;
export type DuplicateKind = (typeof DUPLICATE_KINDS)[number];

export interface DuplicateQuery {
  readonly by: DuplicateKind;
  /** Those behind this key. */
  readonly after?: string | undefined;
  readonly limit: number;
}

/** Contacts that have something in common, by id, and what that compares by. */
export interface AlikeContacts {
  readonly key: string;
  readonly ids: readonly number[];
}
