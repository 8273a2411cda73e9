/** Above this, numbers are written with an exponent, which promises fewer digits. */
const LARGEST_IN_DIGITS = 1e21;

/**
 * Whether a text is a whole number, all digits written, that a number of ours cannot hold: it would
 * become a neighbour.
 */
export function isInexactInteger(text: string): boolean {
  const [, whole = ''] = /^[+-]?(\d+)(?:\.0*)?$/.exec(text) ?? [];
  const value = Number(whole);
  return !Number.isSafeInteger(value) && Number.isFinite(value) && BigInt(value) !== BigInt(whole);
}

/**
 * A number as text that reads back as the same. Of whole ones every digit is true, where JavaScript
 * writes zeros for the last.
 */
export function numberText(value: number): string {
  const isRounded =
    Number.isInteger(value) && !Number.isSafeInteger(value) && Math.abs(value) < LARGEST_IN_DIGITS;
  return isRounded ? String(BigInt(value)) : String(value);
}
