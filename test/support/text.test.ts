import { expect, test } from 'vitest';
import { counted, grouped } from '../../src/support/text.ts';

test.each([0, 7, 999, 1000, 12_345, 123_456, 1_000_000, 9_007_199_254_740_991])(
  '%d is grouped as Intl does',
  (count) => {
    expect(grouped(count)).toBe(count.toLocaleString('en-US'));
  },
);

test('a count comes with its noun', () => {
  expect([
    counted(1, 'contact'),
    counted(2000, 'contact'),
    counted(0, 'company', 'companies'),
  ]).toEqual(['1 contact', '2,000 contacts', '0 companies']);
});
