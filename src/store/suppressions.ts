import type { Order } from './query.ts';
import type { SuppressionSelection } from './records.ts';
import type { Value } from './rows.ts';

/** Why nobody must be reached in a channel who has this value of a unique field. */
export interface ValueSuppression {
  readonly value: string | number;
  readonly channel: string;
  readonly reason: string;
  /** Epoch ms. */
  readonly createdAt: number;
  /** The contact who has the value now. */
  readonly contactId: number | null;
}

/** What they can be sorted by, as the list has it. */
export const SUPPRESSION_KEYS: readonly string[] = [
  ...['value', 'channel', 'reason', 'created_at', 'contact_id'],
];

/** Why nobody must be reached at an e-mail address. */
export interface Wish extends Omit<ValueSuppression, 'contactId' | 'value'> {
  readonly address: string;
}

export interface WishPage {
  /** The unique field of contacts whose values they are: `email`, a custom one … */
  readonly field: string;
  /** In another order; equals stay in order of value, channel and reason. */
  readonly order?: Order | undefined;
  /** Those behind this one in their order. */
  readonly after?: ValueSuppression | undefined;
  readonly limit: number;
}

/**
 * Suppressions of e-mail addresses and of other unique values, whether a contact has them or not.
 * Values are equal without regard to ASCII case; see `settle` for the other letters. What is
 * written here comes to the contact who has the value, and what is written for a contact comes
 * here, whoever writes it. Bounces are of addresses alone.
 */
export interface SuppressionsReader {
  /** In order of value, channel and reason, unless in another. */
  list(page: WishPage): Promise<ValueSuppression[]>;
  /** How many there are of values of this field. */
  count(field: string): Promise<number>;
  /** Those of these values of a unique field for which something stands, as they were given. */
  among(field: string, values: readonly Value[]): Promise<Value[]>;
}

export interface SuppressionsWriter extends SuppressionsReader {
  /**
   * Gives contacts what stands for their unique values as filters compare them, where triggers see
   * two: letters beyond ASCII in another case, a domain in punycode, a number written otherwise.
   * Suppresses who was erased and was brought back by another program. Of those whom nobody but the
   * record of changes knows, all are looked at, or only these. Gives how many suppressions are new.
   */
  settle(contactIds?: readonly number[]): Promise<number>;
  /** To be called where all who changed until now are settled: they are not looked at again. */
  markSettled(): Promise<void>;
  /** Gives how many suppressions are new. */
  add(wishes: readonly Wish[]): Promise<number>;
  /** Lifts what stands for these values and for who has them; gives how many there were. */
  lift(field: string, values: readonly Value[], which: SuppressionSelection): Promise<number>;
}
