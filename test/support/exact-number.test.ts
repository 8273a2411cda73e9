import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isInexactInteger, numberText } from '../../src/support/exact-number.ts';

const digits = fc.stringMatching(/^[+-]?\d{1,30}$/);

test('a whole number is inexact when the number that it becomes is another', () => {
  fc.assert(
    fc.property(
      digits,
      (text) => isInexactInteger(text) === (BigInt(Number(text)) !== BigInt(text.replace('+', ''))),
    ),
  );
});

test('every digit of a text says what the number is, and reads back as it', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        fc.bigInt(-(10n ** 22n), 10n ** 22n).map(Number),
      ),
      (value) => {
        expect(Number(numberText(value))).toBe(value === 0 ? Number(numberText(value)) : value);
        expect(isInexactInteger(numberText(value))).toBe(false);
      },
    ),
  );
});

test.each([
  [2 ** 53 - 1, '9007199254740991'],
  [2 ** 60, '1152921504606846976'],
  [-(2 ** 63), '-9223372036854775808'],
  [1e21, '1e+21'],
  [0.1, '0.1'],
])('%s is written %s', (value, text) => expect(numberText(value)).toBe(text));
