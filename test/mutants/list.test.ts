import { expect, test } from 'vitest';
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
