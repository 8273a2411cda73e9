/** Above this, numbers are written with an exponent, which promises fewer digits. */
const LARGEST_IN_DIGITS = 1e21;

/** As many significant digits always come back from a double, in the range of usual exponents. */
const SAFE_DIGITS = 15;
/** As many `toPrecision` gives. */
const MOST_DIGITS = 100;

/**
 * Whether a number in digits (`-12.50`, `1e21`) is not the same once JavaScript has read it: a
 * whole number that becomes a neighbouring one, or a double that has other digits when it is
 * written with as many.
 */
export function losesDigits(text: string): boolean {
  if (text.length <= SAFE_DIGITS && !/e/i.test(text)) return false;
  if (isInexactInteger(text)) return true;
  const digits = significantDigits(text);
  if (digits === '') return false;
  return (
    digits.length > MOST_DIGITS ||
    significantDigits(Number(text).toPrecision(digits.length)) !== digits
  );
}

/** `-0.0120e5` → `12`; an empty text for zero. */
function significantDigits(text: string): string {
  const [mantissa = ''] = text.split(/e/i, 1);
  const digits = mantissa.replace(/[^\d]/g, '').replace(/^0+/, '');
  let end = digits.length; // a search for zeros at the end would begin anew at each of them
  while (digits.charAt(end - 1) === '0') end -= 1;
  return digits.slice(0, end);
}

/** Whether these are the digits of a whole number that JavaScript cannot represent exactly. */
function isInexactInteger(text: string): boolean {
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
