import { createHmac } from 'node:crypto';

/**
 * What somebody who was erased is known by: a hash of a unique value's key, in hexadecimal digits,
 * made with a key of the store. An empty value, as SQL can write it, is nobody's.
 */
export function personHash(
  key: Buffer,
  column: string,
  value: string | number | null,
): string | null {
  // rule: erased-nothing
  if (value === null || value === '') return null;
  return createHmac('sha256', key)
    .update(`${column}\0${String(value)}`)
    .digest('hex');
}
