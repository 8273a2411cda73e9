import { expect, test } from 'vitest';
import { addCondition } from '../../src/segment/filters.ts';
import { create, NOW, segment, storeWith, update } from './segment-world.ts';

const many = (count: number): string =>
  Array.from({ length: count }, (_, index) => `points = ${index}`).join(' or ');

/** Parentheses within parentheses, which change something at every level. */
const nested = (levels: number): string =>
  levels === 0
    ? 'points < 0 or points > 9'
    : `points = ${levels} or points > ${levels} and (${nested(levels - 1)})`;

test.each([
  ['conditions', many(1_500), 'or', many(1), 'more than 1,500 conditions in one filter'],
  ['levels', 'points = 1', 'and', nested(200), 'more than 200 levels of parentheses and `not`'],
] as const)(
  'a row that makes a filter too large (%s) is refused',
  async (_, where, glue, row, message) => {
    const store = await storeWith([1]);
    const before = await create(store, 'seg', { where });
    const added = store.write(async (tx) =>
      addCondition(tx, before, { where: row }, glue, { now: NOW, by: 'tester' }),
    );
    await expect(added).rejects.toMatchObject({ exit: 2, message });
    expect((await segment(store, 'seg')).filter).toBe(before.filter);
    expect((await update(store, NOW)).reports.map(({ status }) => status)).toEqual(['ok']);
  },
);
