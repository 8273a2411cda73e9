import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ValueColumn } from '../../src/filter/columns/value-column.ts';
import { BitSet } from '../../src/support/bit-set.ts';

const rowsOf = (set: BitSet): number[] => {
  const rows: number[] = [];
  set.forEach((row) => rows.push(row));
  return rows;
};

/** Columns of few values and of many, of texts, of numbers and of both. */
const column = fc
  .tuple(
    fc.integer({ min: 0, max: 300 }),
    fc.constantFrom(1, 2, 5, 40, 1000),
    fc.constantFrom(0, 1, 2),
  )
  .chain(([length, distinct, kind]) =>
    fc.array(
      fc.option(
        fc
          .integer({ min: 0, max: distinct - 1 })
          .map((each) => (kind === 0 || (kind === 2 && each % 2 === 0) ? each : `x${each}`)),
        { freq: 8 },
      ),
      { minLength: length, maxLength: length },
    ),
  );

test('the rows whose value passes are the same however often a column is asked', () => {
  fc.assert(
    fc.property(
      column,
      fc.integer({ min: 1, max: 6 }),
      fc.func(fc.boolean()),
      (values, times, within) => {
        const asked = new ValueColumn(values);
        const some = new BitSet(values.length);
        for (const row of values.keys()) if (within(row)) some.add(row);
        for (let time = 0; time < times; time += 1) {
          const passes = (value: unknown): boolean => String(value).length % 3 === time % 3;
          const all = rowsOf(asked.rowsWhere(passes));
          expect(all).toEqual([...values.keys()].filter((row) => passes(values[row])));
          const found = asked.rowsWhere(passes, some);
          found.keepAll(some);
          expect(rowsOf(found)).toEqual(all.filter((row) => some.has(row)));
        }
      },
    ),
    { numRuns: 300 },
  );
});

/** How many values are decided for each of so many tests of the column. */
function decisions(values: readonly (string | number)[], tests: number): number[] {
  const column = new ValueColumn(values);
  return Array.from({ length: tests }, () => {
    let asked = 0;
    column.rowsWhere(() => {
      asked += 1;
      return true;
    });
    return asked;
  });
}

test('a text that stands in many rows is decided once', () => {
  const repeated = Array.from({ length: 1000 }, (_, row) => `city ${row % 7}`);
  expect(decisions(repeated, 2)).toEqual([7, 7]);
});

test('numbers that repeat are decided once from the third test on', () => {
  const repeated = Array.from({ length: 1000 }, (_, row) => row % 7);
  expect(decisions(repeated, 4)).toEqual([1000, 1000, 7, 7]);
});

test.each([
  ['texts', (row: number) => `${row}@example.com`],
  ['numbers', (row: number) => row],
])('%s that hardly repeat are decided row by row', (_, valueOf) => {
  expect(
    decisions(
      Array.from({ length: 1000 }, (_each, row) => valueOf(row)),
      4,
    ),
  ).toEqual([1000, 1000, 1000, 1000]);
});
