import { EXIT, UserError } from './errors.ts';

interface Walk<Row> {
  /** Reads at most `limit` rows after this key, in order of the key. */
  readonly read: (after: number | undefined, limit: number) => Promise<readonly Row[]>;
  readonly keyOf: (row: Row) => number;
  /** How many rows a page has. */
  readonly size: number;
  readonly after?: number | undefined;
  /** How many rows are wanted [all]. */
  readonly limit?: number | undefined;
  /** Whether keys fall instead of rise: the latest rows come first. */
  readonly falls?: boolean;
}

/**
 * Rows in order of a key, page by page: each page is read after the last key of the one before,
 * until a page is not full. `UserError` (69) if a key does not continue the order, or is no whole
 * number within 53 bits: the walk would leave rows out or never end.
 */
export async function* pagesByKey<Row>({
  read,
  keyOf,
  size,
  after,
  limit = Number.POSITIVE_INFINITY,
  falls = false,
}: Walk<Row>): AsyncGenerator<readonly Row[]> {
  let last = after;
  for (let wanted = limit; wanted > 0; wanted -= size) {
    const most = Math.min(size, wanted);
    const page = await read(last, most);
    for (const row of page) last = requireNext(keyOf(row), last, falls);
    if (page.length > 0) yield page;
    if (page.length < most) return;
  }
}

function requireNext(key: number, last: number | undefined, falls: boolean): number {
  const goesOn = last === undefined || (falls ? key < last : key > last);
  // rule: keys-rise
  if (goesOn && Number.isSafeInteger(key)) return key;
  const where = last === undefined ? 'as an id' : `after ${last}`;
  throw new UserError(
    'KEY_ASTRAY',
    EXIT.noStore,
    `the store gave ${key} ${where}, so its rows cannot be gone through one after the other`,
    { hint: '`rollcall doctor` finds what is wrong with ids' },
  );
}
