import type { Deleting } from './members.ts';

/** A value of a unique field. */
export interface UniqueValue {
  readonly column: string;
  readonly value: string | number;
}

/** Who is erased: contacts, and values by which somebody was known and that no contact has. */
export interface Erasing extends Pick<Deleting, 'now' | 'by'> {
  readonly contactIds: readonly number[];
  readonly values?: readonly UniqueValue[];
}

/** What there can be of a person beside the record, in the order in which it is told. */
export const TRACES = [
  'events',
  'tags',
  'memberships',
  'pastMemberships',
  'decisions',
  'suppressions',
  'wishes',
  'formerValues',
  'mergedContacts',
  'importRecords',
  'firings',
  'causes',
  'auditEntries',
] as const;
export type Trace = (typeof TRACES)[number];

/** How many rows of each went, or lost their words. */
export type Traces = Readonly<Record<Trace, number>>;

/** A place in the store where a value still stands that was erased: `segments.filter`. */
export interface Remains {
  readonly place: string;
  readonly rows: number;
}

export interface Erased {
  readonly contacts: number;
  readonly traces: Traces;
  /** What is no trace of theirs but holds a value by which they were known, by place. */
  readonly remains: readonly Remains[];
}

export interface ErasedReader {
  /** Since when (epoch ms) those are erased who had these values; null for those who are not. */
  since(values: readonly UniqueValue[]): Promise<(number | null)[]>;
  /** Whether what was erased may still be read in the files of the store, see `Store.scour`. */
  isPending(): Promise<boolean>;
  /** Whether anything but a contact says something of who had this value. */
  isSpokenOf(value: UniqueValue): Promise<boolean>;
}

export interface ErasedWriter extends ErasedReader {
  /** Lets those in again who had these values. */
  readmit(values: readonly UniqueValue[]): Promise<void>;
}
