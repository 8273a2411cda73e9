import type { OrderedReader, Page } from './query.ts';

/** What something was done to. */
export type AuditObject =
  'segment' | 'contact' | 'address' | 'field' | 'setting' | 'import' | 'trigger' | 'store';

/** Something that somebody did to definitions, decisions, consent or people. */
export interface AuditEntry {
  /** Epoch ms. */
  readonly at: number;
  /** Null where the system did not say. */
  readonly by: string | null;
  /** Null where it was no command of ours. */
  readonly command: string | null;
  readonly action: string;
  readonly object: AuditObject;
  /** Null of what has no id, and of several at once. */
  readonly objectId: number | null;
  /**
   * What else there is to say; `contact_ids` and `addresses` are lists, `in_name_of` is who decided it
   * where that is not who did it.
   */
  readonly detail: Readonly<Record<string, unknown>>;
}

export interface AuditRow extends AuditEntry {
  readonly id: number;
}

export interface AuditQuery extends Page {
  /** Only what was done to these; of a contact, also what names it. */
  readonly object?: { readonly kind: string; readonly id: number | undefined } | undefined;
  /** Who did it, or in whose name it was done. */
  readonly by?: string | undefined;
  /** Only what was noted of this run. */
  readonly runId?: number | undefined;
  /** At or after this instant (epoch ms). */
  readonly since?: number | undefined;
}

/** What entries can be sorted by. */
export const AUDIT_KEYS: readonly string[] = [
  ...['id', 'at', 'by', 'command', 'action', 'object', 'object_id'],
];

/** Its list is newest first; `after` an entry come older ones. */
export interface AuditReader extends OrderedReader<AuditQuery, AuditRow> {
  /** Whether something that was done, at or after `since` if that is given, is kept no longer. */
  hasForgotten(since?: number): Promise<boolean>;
}

export interface AuditWriter extends AuditReader {
  write(entries: readonly AuditEntry[]): Promise<void>;
  /** Forgets what was done before this instant (epoch ms). */
  prune(before: number): Promise<void>;
}
