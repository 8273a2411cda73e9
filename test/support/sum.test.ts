import Database from 'better-sqlite3';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compensatedSum } from '../../src/support/sum.ts';

test('small parts are not lost', () => {
  expect([
    compensatedSum([0.1, 0.2, 0.3]),
    compensatedSum([1e16, 1, -1e16]),
    compensatedSum([]),
  ]).toEqual([0.6, 1, 0]);
});

test("the same as SQLite's sum()", () => {
  const db = new Database(':memory:');
  const sum = db
    .prepare('select sum(value) from (select cast(value as real) as value from json_each(?))')
    .pluck();
  fc.assert(
    fc.property(
      fc.array(
        fc.oneof(
          fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e300, max: 1e300 }),
          fc.constantFrom(2 ** 53, 1, 0.1, -0.1, 1e21),
        ),
        { minLength: 1, maxLength: 10 },
      ),
      (values) => {
        expect(sum.get(JSON.stringify(values))).toBe(compensatedSum(values) + 0);
      },
    ),
    { numRuns: 300 },
  );
  db.close();
});
