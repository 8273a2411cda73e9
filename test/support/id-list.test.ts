import fc from 'fast-check';
import { expect, test } from 'vitest';
import { IdList } from '../../src/support/id-list.ts';

function listOf(ids: readonly number[]): IdList {
  const list = new IdList();
  for (const id of ids) list.add(id);
  return list;
}

test('gives back what was put in, as often as it is asked', () => {
  const ids = [0, 1, 127, 128, 129, 16_384, 2 ** 31, 2 ** 32 + 1, Number.MAX_SAFE_INTEGER];
  const list = listOf(ids);
  expect([...list]).toEqual(ids);
  expect([...list]).toEqual(ids);
  expect(list.length).toBe(ids.length);
  expect([...new IdList()]).toEqual([]);
});

test('whatever the ids', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.maxSafeNat(), { maxLength: 200 }), (ids) => {
      const ascending = ids.sort((a, b) => a - b);
      expect([...listOf(ascending)]).toEqual(ascending);
    }),
  );
});

test('refuses what is not in order', () => {
  const list = listOf([3, 5]);
  expect(() => list.add(5)).toThrow('ascending');
  expect(() => list.add(4)).toThrow('ascending');
});
