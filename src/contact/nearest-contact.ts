import { quoteText } from '../filter/quote.ts';
import type { ReadTx } from '../store/index.ts';
import { nearest } from '../support/nearest.ts';
import { readCondition } from './where.ts';

/** A misspelt address is compared with this many at most. */
const CANDIDATES = 1000;

/**
 * The known e-mail address nearest to a misspelt one, if any is near; nothing for references of
 * other kinds.
 */
export async function nearestContact(tx: ReadTx, ref: string): Promise<string | undefined> {
  const at = ref.lastIndexOf('@');
  if (at < 1) return undefined;
  // no date in it, so any clock does
  const { where } = await readCondition(tx, alike(ref.slice(0, at), ref.slice(at)), 0);
  const candidates = await tx.contacts.list({ where, limit: CANDIDATES }, ['email']);
  return nearest(
    ref,
    candidates.map(({ email }) => String(email)),
  )[0];
}

/**
 * One slip leaves the first or the second half of the name alone, or all of it when it is in the
 * domain.
 */
function alike(name: string, domain: string): string {
  const half = Math.ceil(name.length / 2);
  const [first, last] = [name.slice(0, half), name.slice(half) + domain];
  return `email starts with ${quoteText(first)} or email ends with ${quoteText(last)}`;
}
