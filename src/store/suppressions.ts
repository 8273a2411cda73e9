import type { SuppressionSelection } from './records.ts';

/** Why nobody must be reached at an address in a channel. */
export interface AddressSuppression {
  readonly address: string;
  readonly channel: string;
  readonly reason: string;
  /** Epoch ms. */
  readonly createdAt: number;
  /** The contact who has the address now. */
  readonly contactId: number | null;
}

export type Wish = Omit<AddressSuppression, 'contactId'>;

export interface AddressPage {
  /** Those behind this one in order of address, channel and reason. */
  readonly after?: Pick<AddressSuppression, 'address' | 'channel' | 'reason'> | undefined;
  readonly limit: number;
}

/**
 * Suppressions of e-mail addresses, whether a contact has them or not. Addresses are equal without
 * regard to ASCII case; see `settle` for the other letters. What is written here comes to the
 * contact who has the address, and what is written for a contact comes here, whoever writes it.
 */
export interface SuppressionsReader {
  /** In order of address, channel and reason. */
  list(page: AddressPage): Promise<AddressSuppression[]>;
  /** Those of these addresses for which something stands, as they were given. */
  among(addresses: readonly string[]): Promise<string[]>;
}

export interface SuppressionsWriter extends SuppressionsReader {
  /**
   * Gives contacts what stands for their addresses as filters compare them, where triggers see two:
   * letters beyond ASCII in another case, a domain in punycode. Suppresses who was erased and was
   * brought back by another program. Gives how many suppressions are new.
   */
  settle(): Promise<number>;
  /** Gives how many suppressions are new. */
  add(wishes: readonly Wish[]): Promise<number>;
  /** Lifts what stands for these addresses and for who has them; gives how many there were. */
  lift(addresses: readonly string[], which: SuppressionSelection): Promise<number>;
}
