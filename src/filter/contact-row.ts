/**
 * One contact with everything that a filter can read of it. Columns are by name; `company` is
 * undefined if it has none.
 */
export interface ContactRow {
  readonly contact: Readonly<Record<string, unknown>>;
  readonly company: Readonly<Record<string, unknown>> | undefined;
  readonly tags: readonly string[];
  readonly events: readonly EventRow[];
  readonly suppressions: readonly { readonly channel: string; readonly reason: string }[];
  /** `since` is null where nobody knows any more how the membership began. */
  readonly memberships: readonly { readonly segmentId: number; readonly since: number | null }[];
}

/** One event: `occurredAt` in epoch ms UTC, `properties` as the stored JSON text. */
export interface EventRow {
  readonly type: string;
  readonly subject: string | null;
  readonly value: number | null;
  readonly occurredAt: number;
  readonly properties: string | null;
}
