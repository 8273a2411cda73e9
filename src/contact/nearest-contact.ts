import { quoteText } from '../filter/quote.ts';
import type { ReadTx } from '../store/index.ts';
import { nearest } from '../support/nearest.ts';
import { readCondition } from './where.ts';

/** The most addresses that a misspelt one is compared with. */
const CANDIDATES = 1000;

/**
 * The known e-mail address nearest to a misspelt one; undefined if none is near or the reference is
 * no address.
 */
export async function nearestContact(tx: ReadTx, ref: string): Promise<string | undefined> {
  const at = ref.lastIndexOf('@');
  if (at < 1) return undefined;
  // the filter has no date, so any clock will do
  const { where } = await readCondition(tx, alike(ref.slice(0, at), ref.slice(at)), 0);
  const candidates = await tx.contacts.list({ where, limit: CANDIDATES }, ['email']);
  return nearest(
    ref,
    candidates.map(({ email }) => String(email)),
  )[0];
}

/**
 * A filter for similar addresses: one typing error leaves the first or the second half of the name
 * intact, or the whole name if it is in the domain.
 */
function alike(name: string, domain: string): string {
  const half = Math.ceil(name.length / 2);
  const [first, last] = [name.slice(0, half), name.slice(half) + domain];
  return `email starts with ${quoteText(first)} or email ends with ${quoteText(last)}`;
}
