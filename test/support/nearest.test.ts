import { expect, test } from 'vitest';
import { nearest } from '../../src/support/nearest.ts';

test('a name of megabytes has no near one', () => {
  expect(nearest('x'.repeat(1_000_000), ['points', 'country'])).toEqual([]);
  expect(nearest('contry', ['points', 'country', 'x'.repeat(1_000_000)])).toEqual(['country']);
});
