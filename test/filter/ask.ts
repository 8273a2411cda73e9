/**
 * One row of a table test: a text means the same in all shapes, by columns and in memory, and
 * prints as its canonical text.
 */
import { expect } from 'vitest';
import { evaluateFilter, printFilter, type TimeContext } from '../../src/filter/index.ts';
import { CATALOGUE, conditionOf, read, TIME, type World } from './world.ts';

export type Row = readonly [text: string, members: readonly number[], canonical?: string];

export function expectMembers(
  world: World,
  [text, members, canonical = text]: Row,
  time: TimeContext = TIME,
): void {
  const ast = read(text);
  expect(printFilter(ast, CATALOGUE)).toBe(canonical);
  expect(read(canonical)).toEqual(ast);
  for (const shape of ['scan', 'probe', 'gather'] as const) {
    expect(world.ids(conditionOf(ast, { shape, time, catalogue: CATALOGUE })), shape).toEqual(
      members,
    );
    expect(world.select(ast, shape, time), `${shape} in a where`).toEqual(members);
  }
  expect(world.byColumns([ast], time), 'by columns').toEqual([members]);
  expect(
    world.rows.flatMap((row, index) =>
      evaluateFilter(ast, row, { time, catalogue: CATALOGUE }) ? [index + 1] : [],
    ),
    'in memory',
  ).toEqual(members);
}
