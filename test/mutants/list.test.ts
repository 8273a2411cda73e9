import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
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

test('every rule that the source marks can be taken out', () => {
  const source = new URL('../../src/', import.meta.url).pathname;
  const marked = readdirSync(source, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .flatMap((file) => [
      ...readFileSync(join(source, file), 'utf8').matchAll(/^ *\/\/ rule: (.+)$/gm),
    ])
    .flatMap(([, names = '']) => names.split(', '));
  const known = new Set(MUTANTS.map(({ mark, name }) => mark ?? name));
  expect(marked.length).toBeGreaterThan(300);
  expect(marked.filter((name) => !known.has(name))).toEqual([]);
});
