import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SeenKeys } from '../../src/store/sql/import/seen-keys.ts';

function mayRepeat(keys: Iterable<string | number>): boolean {
  const seen = new SeenKeys();
  for (const key of keys) seen.add(key);
  return seen.mayRepeat;
}

test('a key that comes again is never overlooked, wherever it stands', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.string({ maxLength: 6 }), { minLength: 1 }),
      fc.nat(),
      (keys, at) => {
        expect(mayRepeat([...keys, keys[at % keys.length] ?? ''])).toBe(true);
        expect(mayRepeat(keys)).toBe(false);
      },
    ),
  );
});

test('of a hundred thousand keys that differ in one place none is taken for another', () => {
  function* addresses(): Generator<string> {
    for (let number = 0; number < 100_000; number++) yield `ann.lee.${number}@example.org`;
  }
  expect(mayRepeat(addresses())).toBe(false);
  expect(mayRepeat([...addresses(), 'ann.lee.0@example.org'])).toBe(true);
});

test('of more keys than it notes they may all have come twice', () => {
  function* numbers(): Generator<number> {
    for (let number = 0; number <= 1_048_576; number++) yield number;
  }
  expect(mayRepeat(numbers())).toBe(true);
});
