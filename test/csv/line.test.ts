import { stringify } from 'csv-stringify/sync';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { linesWriter } from '../../src/csv/line.ts';
import { type ValueColumn, valueLines } from '../../src/csv/value-lines.ts';
import type { Value } from '../../src/store/index.ts';

/** Usual delimiters, and some of which a number may consist. */
const delimiter = fc.constantFrom(',', ';', '\t', '|', ' ', '1', '-', '.', ':', "'", 'é', 'e');
const lineEnd = fc.constantFrom('\n' as const, '\r\n' as const);

const cell = fc.oneof(
  fc.string({
    unit: fc.constantFrom(
      ...['a', '"', "'", ',', ';', '|', '\t', ' ', '\r', '\n', '\0', '\ufeff', '\u2028', '1'],
      ...['-', '.', 'é', '東', '😀', '\u00a0', '$', '\\', 'e'],
    ),
    maxLength: 6,
  }),
  fc.string({ unit: 'binary', maxLength: 6 }),
  fc.constantFrom('', '""', '$&', "$'", '\ud83d', '\r\n', 'NULL'),
);

const table = (values: fc.Arbitrary<Value>): fc.Arbitrary<Value[][]> =>
  fc
    .integer({ min: 1, max: 5 })
    .chain((width) =>
      fc.array(fc.array(values, { minLength: width, maxLength: width }), { maxLength: 8 }),
    );

/** What csv-stringify writes of the same table. */
function oracle(records: string[][], separator: string, end: string): string {
  return stringify(records, {
    delimiter: separator,
    record_delimiter: end,
    quote_record_delimiter: true,
    quoted_match: '\ufeff',
    quoted_empty: records[0]?.length === 1,
  });
}

test('lines are what csv-stringify writes', () => {
  fc.assert(
    fc.property(table(cell) as fc.Arbitrary<string[][]>, delimiter, lineEnd, (rows, by, end) => {
      expect(linesWriter({ delimiter: by, lineEnd: end })(rows)).toBe(oracle(rows, by, end));
    }),
    { numRuns: 5000 },
  );
});

const columnOf = (position: number): ValueColumn => ({
  header: `c${position}`,
  position,
  ofText: (text) => text.toUpperCase(),
  ofNumber: String,
});

test('values in lines are what csv-stringify writes of their texts', () => {
  const value = fc.oneof(cell, fc.constant(null), fc.double(), fc.integer());
  fc.assert(
    fc.property(table(value), delimiter, lineEnd, fc.boolean(), (rows, by, end, isTurned) => {
      const positions = (rows[0] ?? []).map((_, position) => position);
      if (isTurned) positions.reverse();
      const texts = rows.map((row) =>
        positions.map((position) => {
          const found = row[position] ?? '';
          return typeof found === 'string' ? found.toUpperCase() : String(found);
        }),
      );
      const write = valueLines(positions.map(columnOf), { delimiter: by, lineEnd: end });
      expect(write(rows)).toBe(oracle(texts, by, end));
    }),
    { numRuns: 5000 },
  );
});
