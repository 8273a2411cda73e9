import type { Condition } from '../sql/condition.ts';
import type { DuplicateQuery, AlikeContacts } from './duplicates.ts';
import type { Erased, Erasing, UniqueValue } from './erasing.ts';
import type { Deleting } from './members.ts';
import type { Merged, Merging } from './merging.ts';
import type { Order, Page } from './query.ts';
import type {
  RecordRow,
  RecordTuple,
  SuppressionReason,
  SuppressionRow,
  TagRow,
  Value,
} from './rows.ts';
import type { Selected } from './selections.ts';

/** Which contacts or companies. Parts are joined by "and"; `where` is for contacts only. */
export interface RecordQuery extends Page {
  readonly where?: Condition | undefined;
  readonly ids?: readonly number[] | undefined;
  /** Only the members of this segment. Contacts only. */
  readonly segmentId?: number | undefined;
}
export interface RecordsReader {
  /**
   * `columns` are aliases. `company` is the company's name; `tags` is the contact's tags sorted by
   * name, joined by `|`; the `CONSENT_COLUMNS` are channels, likewise.
   */
  list(query: RecordQuery, columns: readonly string[]): Promise<RecordRow[]>;
  /**
   * The same rows as arrays, which takes half the time: the id, then the columns in their order. A
   * contact's `company_id` may be asked for as well.
   */
  tuples(query: RecordQuery, columns: readonly string[]): Promise<RecordTuple[]>;
  count(query: RecordQuery): Promise<number>;
  /** The ids of the rows in another order, by a column as of `list`. */
  order(query: RecordQuery, order: Order): Promise<number[]>;
  /**
   * For each value the id of the record whose unique `column` has it, or null; text without regard
   * to ASCII case.
   */
  match(column: string, values: readonly Value[]): Promise<(number | null)[]>;
}
/** A statement as text for the database's own shell. */
export interface ShellScript {
  /** As people know it, and from which version on it takes this. */
  readonly shell: { readonly name: string; readonly from: string | undefined };
  /** To be pasted as they stand: the statement, and what is bound to it. */
  readonly lines: readonly string[];
  readonly statement: string;
  /** In the order of their numbers in the statement: the first is `?1`, or `$1`. */
  readonly parameters: readonly (Value | readonly Value[])[];
  /** Functions of ours that it calls, which the shell does not have, by name. */
  readonly functions: readonly string[];
}

/** Rows of one table that belong to a contact, as they stand. */
export interface Held {
  readonly table: string;
  readonly rows: readonly Readonly<Record<string, Value>>[];
}

export interface ContactsReader extends RecordsReader {
  /** For each condition, how many contacts it holds for; all of them in one pass. */
  countEach(conditions: readonly Condition[]): Promise<number[]>;
  /**
   * For each condition, how many contacts are left when it and those before it are asked for; all
   * of them in one pass, which asks of a contact no more than up to the first condition that does
   * not hold.
   */
  countLeft(conditions: readonly Condition[]): Promise<number[]>;
  /**
   * The statement that finds the ids of these contacts, ascending. Absent where the database has no
   * shell to paste one into.
   */
  readonly shellScript?: (where: Condition) => Promise<ShellScript>;
  /** Everything that is stored of a contact, table by table. */
  held(id: number): Promise<Held[]>;
  /** The contact that one was merged into, or that one into another. */
  mergedInto(id: number): Promise<number | undefined>;
  /** The contacts that had this value before, who gave it up last first. */
  formerly(value: UniqueValue): Promise<number[]>;
  /** What several contacts have in common, by what that compares by; reads all contacts. */
  duplicates(query: DuplicateQuery): Promise<AlikeContacts[]>;
  /** Every tag, by name. */
  tags(): Promise<TagRow[]>;
  /** Their names alone, which costs no look at who carries them. */
  tagNames(): Promise<string[]>;
  /** The names of the tags that this contact carries, by name. */
  tagsOf(id: number): Promise<string[]>;
  /** The suppressions of these contacts, by contact, channel and reason. */
  suppressions(ids: readonly number[]): Promise<SuppressionRow[]>;
  /** Every channel in which a contact is suppressed, by name; reads all suppressions. */
  channels(): Promise<string[]>;
  /** Every reason for which a contact is suppressed, by name; reads all suppressions. */
  reasons(): Promise<string[]>;
}
export type NewRecord = Readonly<Record<string, Value>>;
export interface RecordsWriter extends RecordsReader {
  /**
   * Inserts one record; columns by name (a contact's company is `company_id`). Breaking a unique
   * field: `UserError` TAKEN (1).
   */
  insert(kind: NewRecord, now: number): Promise<number>;
  /**
   * Sets the same values on all of `ids`; gives how many really changed (only those get a new
   * `updated_at`).
   */
  update(ids: readonly number[], values: NewRecord, now: number): Promise<number>;
  /** Deletes the records and all that hangs on them; gives how many there were. */
  delete(ids: readonly number[]): Promise<number>;
}

/** Which suppressions of a contact; left out means any. */
export interface SuppressionSelection {
  readonly channels?: readonly string[] | undefined;
  readonly reasons?: readonly string[] | undefined;
}

export interface ContactsWriter extends Omit<RecordsWriter, 'delete'>, ContactsReader {
  /** Finds contacts for what is to be done with all of them. */
  select(query: RecordQuery): Promise<Selected>;
  /**
   * Deletes the contacts and all that hangs on them; gives how many there were. How their
   * memberships began and ended is kept for those who follow joins and leaves.
   */
  delete(ids: readonly number[], deleting: Deleting): Promise<number>;
  /**
   * Deletes contacts with every trace of them, and keeps hashes by which they are known should they
   * come back. What was deleted can be read in the files until `Store.scour`.
   */
  erase(erasing: Erasing): Promise<Erased>;
  /** Makes contacts one, see `Merging`; all of it in this transaction. */
  merge(merging: Merging): Promise<Merged>;
  /**
   * Makes those of `ids` who were anonymous identified as of `now`, and takes them out of their
   * segments' count of anonymous members. Gives how many.
   */
  identify(ids: readonly number[], now: number): Promise<number>;
  /** Gives how many links were made; tags that do not exist yet are. */
  tag(ids: readonly number[], tags: readonly string[], now: number): Promise<number>;
  untag(ids: readonly number[], tags: readonly string[]): Promise<number>;
  /**
   * Suppresses these contacts in these channels for one reason; gives how many suppressions are
   * new. What stands stays as old as it is.
   */
  suppress(
    ids: readonly number[],
    channels: readonly string[],
    reason: SuppressionReason,
    now: number,
  ): Promise<number>;
  /** Lifts suppressions of these contacts; gives how many there were. */
  unsuppress(ids: readonly number[], which: SuppressionSelection): Promise<number>;
}
