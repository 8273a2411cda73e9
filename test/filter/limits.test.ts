import { afterAll, expect, test } from 'vitest';
import { printFilter, type FilterAst } from '../../src/filter/index.ts';
import { CHAINS, LIMIT_PEOPLE, LIMITS } from './limit-cases.ts';
import { CATALOGUE, read, World } from './world.ts';

const world = new World(LIMIT_PEOPLE);
afterAll(() => {
  world.close();
});

function select(ast: FilterAst): number[] {
  const ids = world.select(ast, 'scan');
  expect(world.select(ast, 'probe')).toEqual(ids);
  return ids;
}

test.each(['and', 'or'] as const)('1,500 conditions joined by %s', (glue) => {
  const { text, ids } = CHAINS[glue];
  expect(select(read(text))).toEqual(ids);
  expect(printFilter(read(text), CATALOGUE)).toBe(text);
});

test.each(Object.entries(LIMITS))('%s', (_, limits) => {
  for (const { text, ids } of limits) expect(select(read(text)), text.slice(0, 80)).toEqual(ids);
});
