import type { SuppressionReason, Value } from './rows.ts';

export type ImportMode = 'upsert' | 'insert' | 'update';
export type Duplicates = 'last' | 'first' | 'error';

/**
 * Set on a staged cell by the literal `NULL`: clears the stored value. A null cell leaves it as it
 * is.
 */
export const CLEAR = Symbol('clear');
export type StagedValue = Value | typeof CLEAR;

/**
 * What the rows of an import look like. `columns` are real columns (a contact's company and tags
 * are named apart).
 */
export type StageShape =
  | {
      readonly kind: 'contacts' | 'companies';
      /** A unique column, `id` among them. */
      readonly key: string;
      readonly columns: readonly string[];
      /**
       * Unique columns beside the key. Rows may hand their values on among records; whose is which
       * is judged as the file leaves it.
       */
      readonly uniques: readonly string[];
      readonly duplicates: Duplicates;
      /** Contacts only: columns of companies, none of them unique, that rows edit as well. */
      readonly companyColumns?: readonly string[] | undefined;
      /** Whether the key of a known record stays as it is written there. */
      readonly keepsKey?: boolean | undefined;
    }
  | {
      readonly kind: 'events';
      /** The contacts' unique column that `contact` values are looked up in: `id`, `email`, … */
      readonly key: string;
    }
  | {
      readonly kind: 'suppressions';
      /** The unique column of contacts whose values must not be reached: `email`, … */
      readonly key: string;
    };

/** One checked row. `line` is the 1-based line in the file on which the record starts. */
export interface StagedRecord {
  readonly line: number;
  /**
   * Null in a row without a key. Such a row is about the record that has the first of its other
   * unique values, or else about one without any that has the same values in `columns`.
   */
  readonly key: Value;
  /** As many as the shape's `columns`, in their order. */
  readonly values: readonly StagedValue[];
  /**
   * Contacts only: company name, tags to add and remove (or `CLEAR` for all of them), segments to
   * join.
   */
  readonly company?: string | null | typeof CLEAR | undefined;
  /**
   * As many as the shape's `companyColumns`: what becomes of the company that the row names, else of
   * the one that its contact has. Of several rows about one company, `duplicates` says which counts.
   */
  readonly companyValues?: readonly StagedValue[] | undefined;
  readonly tags?:
    readonly { readonly name: string; readonly add: boolean }[] | typeof CLEAR | undefined;
  readonly segmentIds?: readonly number[] | undefined;
  readonly consent?: readonly ConsentChange[] | undefined;
}

/** Suppresses the contact in a channel for a reason, or lifts what stands for just this reason. */
export interface ConsentChange {
  readonly channel: string;
  readonly reason: SuppressionReason;
  readonly suppressed: boolean;
}

export interface StagedEvent {
  readonly line: number;
  readonly contact: Value;
  readonly type: string;
  readonly subject: string | null;
  readonly value: number | null;
  /** Epoch ms. */
  readonly occurredAt: number;
  /** A JSON object with its keys sorted, or null. */
  readonly properties: string | null;
  readonly externalId: string | null;
}

export interface StagedSuppression {
  readonly line: number;
  /** A value of the unique column that is the key. */
  readonly said: string | number;
  /** None in a row that does not say that nobody must be reached by it: it changes nothing. */
  readonly wishes: readonly { readonly channel: string; readonly reason: string }[];
  /** Epoch ms; null for the time of the import. */
  readonly createdAt: number | null;
}

/** What a row that cannot be applied says all the same of who must not be reached. */
export interface StagedWish {
  readonly line: number;
  /** Who it is said of; null where the row has no key. */
  readonly key: Value;
  /** The unique values that the row has beside its key, by column. */
  readonly others: readonly { readonly column: string; readonly value: Value }[];
  readonly wishes: readonly { readonly channel: string; readonly reason: string }[];
}

export type StagedRow = StagedRecord | StagedEvent | StagedSuppression;

export interface Stage {
  readonly shape: StageShape;
  add(rows: readonly StagedRow[]): Promise<void>;
  /** Adds what rows say that are rejected already. */
  keep(wishes: readonly StagedWish[]): Promise<void>;
  /** Frees the space; safe to call twice. */
  drop(): Promise<void>;
}

/** Why a staged row was not applied; words are the importer's. */
export type RejectReason =
  | { readonly kind: 'duplicateKey' }
  | { readonly kind: 'unknownRecord' }
  | { readonly kind: 'existingRecord' }
  | { readonly kind: 'uniqueTaken'; readonly column: string }
  | { readonly kind: 'unknownContact' }
  /** A value for the company of a contact that has none. */
  | { readonly kind: 'noCompany'; readonly column: string }
  /** Another value for a company than an earlier row gives. */
  | { readonly kind: 'companyTwice'; readonly column: string };

export interface StagedReject {
  readonly line: number;
  readonly reason: RejectReason;
}

export interface ApplyOptions {
  readonly mode: ImportMode;
  readonly now: number;
  /** Under which import what it makes is kept. */
  readonly importId: number;
  /** Events only: make a contact for an unknown e-mail address. */
  readonly createContacts?: boolean | undefined;
}

/** How the staged rows fared: every row is in one of these counts. */
export interface Applied {
  readonly inserted: number;
  readonly updated: number;
  readonly unchanged: number;
  /** Rows that stood for the same record as another row, and were merged with it. */
  readonly merged: number;
  readonly rejected: number;
  /** Rows of people who were erased, if there are any: nothing was done with them. */
  readonly leftOut?: number;
  /** How many companies that were there before the rows of contacts have changed, if they could. */
  readonly companiesUpdated?: number;
  /** Of how many rejected rows it holds all the same that somebody must not be reached. */
  readonly consentKept: number;
  /** How many suppressions rows of contacts made and lifted. */
  readonly consent?: { readonly suppressed: number; readonly lifted: number };
}
