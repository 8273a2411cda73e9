/**
 * Columns of contacts as a store hands them over and filters are decided by: what is wanted, and a
 * batch of it. All of it is of one snapshot.
 */
import type { SQL } from 'drizzle-orm';

export type ColumnValue = string | number | null;
export type Column = readonly ColumnValue[];

/** What is to be read of contacts, and of what belongs to them. */
export interface ColumnsWanted {
  /** Expressions over `contacts c`, a value for each contact. */
  readonly contacts: readonly SQL[];
  /** Expressions over `companies co`, a value for each company. */
  readonly companies: readonly SQL[];
  readonly tags: boolean;
  /** Each type once, whatever the case of its letters. */
  readonly events: readonly EventsWanted[];
  readonly suppressions: boolean;
  /** The ids of segments whose members are wanted. */
  readonly members: readonly number[];
}

export const EVENT_COLUMNS = ['occurredAt', 'subject', 'value', 'properties'] as const;
export type EventColumn = (typeof EVENT_COLUMNS)[number];

export interface EventsWanted {
  readonly type: string;
  readonly columns: readonly EventColumn[];
  /** Events before this, in epoch ms, may be left out. */
  readonly from: number | null;
}

/** One thing of what is wanted, by its place in the list; of tags and suppressions there is one. */
export interface WantedPart {
  readonly kind: 'contacts' | 'companies' | 'events' | 'tags' | 'suppressions';
  readonly place: number;
}

/** Of these parts one contact alone, or a table that is read whole, has more than is read at once. */
export class TooMuchOfOne extends Error {
  readonly parts: readonly WantedPart[];

  constructor(parts: readonly WantedPart[]) {
    super('one contact has more data than can be read at once');
    this.parts = parts;
  }
}

/** A column by its distinct values: each row has the position of its own. */
export interface CodedColumn {
  readonly values: Column;
  readonly codes: Int32Array;
}

/** Small tables that are read whole, once for all batches. */
export interface ColumnTables {
  /** For each expression that is wanted of companies, a value for each company. */
  readonly companies: readonly CodedColumn[];
  /** The names of all tags. */
  readonly tags: readonly string[];
}

/** Some contacts in the order of their ids, and what belongs to them. */
export interface ColumnBatch {
  readonly ids: readonly number[];
  /** For each expression that is wanted of contacts, a value for each contact. */
  readonly contacts: readonly Column[];
  /** For each contact 1 if it is anonymous, else 0. */
  readonly anonymous: Uint8Array;
  /** For each contact the position of its company in the tables, or -1. */
  readonly company: Int32Array;
  /** `values` has positions in `ColumnTables.tags`. */
  readonly tags: OwnedRows & { readonly values: Int32Array };
  /** In the order in which they are wanted; columns that are not are left out. */
  readonly events: readonly (OwnedRows & {
    readonly columns: Readonly<Partial<Record<EventColumn, Column>>>;
  })[];
  readonly suppressions: OwnedRows & { readonly channels: Column; readonly reasons: Column };
  /** In the order in which they are wanted. */
  readonly members: readonly OwnedRows[];
}

/** Rows that belong to contacts of the batch. */
export interface OwnedRows {
  /** The position of each row's contact in the batch, ascending; no row is of another contact. */
  readonly owners: Int32Array;
}

export interface ColumnsRead {
  readonly tables: ColumnTables;
  readonly batches: AsyncIterable<ColumnBatch>;
}
