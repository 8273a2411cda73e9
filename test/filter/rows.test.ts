import { expect, test } from 'vitest';
import {
  addRow,
  filterRows,
  printFilter,
  removeRow,
  type FilterAst,
} from '../../src/filter/index.ts';
import { CATALOGUE, read } from './world.ts';

const shown = (ast: FilterAst | undefined): string[] =>
  filterRows(ast).map(
    ({ number, glue, filter }) => `${number} ${glue ?? '-'} ${printFilter(filter, CATALOGUE)}`,
  );

test('rows are or-groups of and-rows; a nested group is one row', () => {
  expect(shown(undefined)).toEqual([]);
  expect(shown(read('country = "FR"'))).toEqual(['1 - country = "FR"']);
  expect(
    shown(
      read(
        'country = "FR" and points > 1 or not (points > 2 and points > 3) and (points > 4 or points > 5) or true',
      ),
    ),
  ).toEqual([
    '1 - country = "FR"',
    '2 and points > 1',
    '3 or not (points > 2 and points > 3)',
    '4 and points > 4 or points > 5',
    '5 or true',
  ]);
});

test('`and` joins the last group, `or` opens a new one', () => {
  const add = (ast: FilterAst | undefined, text: string, glue: 'and' | 'or'): FilterAst =>
    addRow(ast, read(text), glue);
  const first = add(undefined, 'country = "FR"', 'and');
  const second = add(first, 'points > 1', 'or');
  const third = add(second, 'points > 2 or points > 3', 'and');
  expect([first, second, third].map((ast) => printFilter(ast, CATALOGUE))).toEqual([
    'country = "FR"',
    'country = "FR" or points > 1',
    'country = "FR" or points > 1 and (points > 2 or points > 3)',
  ]);
});

test('a row is taken away by its number', () => {
  const ast = read('country = "FR" and points > 1 or points > 2');
  const without = [1, 2, 3]
    .map((number) => removeRow(ast, number))
    .map((rest) => rest && printFilter(rest, CATALOGUE));
  expect(without).toEqual([
    'points > 1 or points > 2',
    'country = "FR" or points > 2',
    'country = "FR" and points > 1',
  ]);
  expect(removeRow(read('true'), 1)).toBeUndefined();
  for (const number of [0, 4, 1.5])
    expect(() => removeRow(ast, number)).toThrow(
      expect.objectContaining({
        exit: 2,
        message: `there is no row ${number}: the filter has 3 rows`,
      }) as Error,
    );
});
