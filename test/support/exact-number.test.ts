import fc from 'fast-check';
import { expect, test } from 'vitest';
import { losesDigits, numberText } from '../../src/support/exact-number.ts';

const digits = fc.stringMatching(/^[+-]?\d{1,30}$/);

test('a whole number loses digits when the number that it becomes is another', () => {
  fc.assert(
    fc.property(
      digits,
      (text) => losesDigits(text) === (BigInt(Number(text)) !== BigInt(text.replace('+', ''))),
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
        expect(losesDigits(numberText(value))).toBe(false);
      },
    ),
  );
});

test('a double in as many digits as another program writes loses none', () => {
  fc.assert(
    fc.property(
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.integer({ min: 17, max: 100 }),
      (value, precision) => {
        expect(losesDigits(value.toPrecision(precision).replace('+', ''))).toBe(false);
      },
    ),
  );
});

test.each([
  ['0.1', false],
  ['0.10000000000000001', false],
  ['0.1000000000000000055511151231257827', false],
  ['12.5000000000000000000000', false],
  ['0.100000000000000002', true],
  ['123456789012345.6789', true],
  ['9007199254740993.5', true],
  ['1.231231231231234123e18', true],
  ['1e21', false],
  ['1e23', false],
  ['5e-324', false],
  ['1e-400', true],
  ['0e-400', false],
  ['0.00000000000000000000', false],
])('%s loses digits: %s', (text, loses) => expect(losesDigits(text)).toBe(loses));

test.each([
  [2 ** 53 - 1, '9007199254740991'],
  [2 ** 60, '1152921504606846976'],
  [-(2 ** 63), '-9223372036854775808'],
  [1e21, '1e+21'],
  [0.1, '0.1'],
])('%s is written %s', (value, text) => expect(numberText(value)).toBe(text));
