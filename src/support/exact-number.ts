/** Above this, numbers are written with an exponent, which promises fewer digits. */
const LARGEST_IN_DIGITS = 1e21;

/**
 * Whether a text is a whole number in digits that JavaScript cannot represent exactly, so that it
 * would become a neighbouring number.
 */
export function isInexactInteger(text: string): boolean {
  const [, whole = ''] = /^[+-]?(\d+)(?:\.0*)?$/.exec(text) ?? [];
  const value = Number(whole);
  return !Number.isSafeInteger(value) && Number.isFinite(value) && BigInt(value) !== BigInt(whole);
}

/**
 * A number as text that reads back as the same number. For whole numbers all digits are exact,
 * where JavaScript would write zeros for the last ones.
 */
export function numberText(value: number): string {
  const isRounded =
    Number.isInteger(value) && !Number.isSafeInteger(value) && Math.abs(value) < LARGEST_IN_DIGITS;
  return isRounded ? String(BigInt(value)) : String(value);
}
