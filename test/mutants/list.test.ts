import { expect, test } from 'vitest';
import { AGGREGATE_OPERATORS, ALL_OPERATORS, PREDICATE_OPERATORS } from '../../src/filter/index.ts';
import { MUTANTS } from './list.js';
import { mutate } from './plugin.js';

test.each(MUTANTS.map((mutant) => [mutant.name, mutant] as const))(
  '%s can be taken out of the source as it stands',
  (_, mutant) => {
    expect(mutate(mutant)).toContain(mutant.replace);
  },
);

test('every rule has a name of its own', () => {
  expect(new Set(MUTANTS.map(({ name }) => name)).size).toBe(MUTANTS.length);
});

test.each([
  ...ALL_OPERATORS.map(({ kind }) => kind),
  ...Object.keys(AGGREGATE_OPERATORS),
  ...Object.keys(PREDICATE_OPERATORS),
  'anniversary',
])('%s has a slip in its column form', (kind) => {
  const dashed = kind.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  expect(
    MUTANTS.filter(({ name }) => name === `memory-${kind}` || name === `column-${dashed}`),
  ).not.toEqual([]);
});
