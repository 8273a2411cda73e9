import { expect, test } from 'vitest';
import { pagesByKey } from '../../src/support/by-key.ts';

const walk = async (
  keys: readonly number[],
  options: { readonly after?: number; readonly limit?: number; readonly falls?: boolean } = {},
): Promise<number[][]> => {
  const reads: number[][] = [];
  const read = async (after: number | undefined, limit: number): Promise<readonly number[]> => {
    if (reads.length > 10) throw new Error('it goes on for ever');
    const comesAfter = (key: number): boolean =>
      after === undefined || (options.falls === true ? key < after : key > after);
    return keys.filter(comesAfter).slice(0, limit);
  };
  for await (const page of pagesByKey({ read, keyOf: (key) => key, size: 2, ...options }))
    reads.push([...page]);
  return reads;
};

test('pages follow each other until one is not full', async () => {
  expect(await walk([1, 2, 3, 4, 5])).toEqual([[1, 2], [3, 4], [5]]);
  expect(await walk([1, 2, 3, 4])).toEqual([
    [1, 2],
    [3, 4],
  ]);
  expect(await walk([])).toEqual([]);
});

test('from a key on, and so many', async () => {
  expect(await walk([1, 2, 3, 4, 5], { after: 1, limit: 3 })).toEqual([[2, 3], [4]]);
  expect(await walk([1, 2], { limit: 0 })).toEqual([]);
});

test('the latest first', async () => {
  expect(await walk([5, 4, 3], { falls: true })).toEqual([[5, 4], [3]]);
  await expect(walk([3, 4], { falls: true })).rejects.toMatchObject({
    code: 'KEY_ASTRAY',
    exit: 69,
  });
});

test.each([
  ['stands still', [2, 2]],
  ['goes back', [3, 2]],
  ['is rounded', [2 ** 53, 2 ** 53]],
  ['is beyond 53 bits', [1, 2 ** 53]],
  ['is none', [Number.NaN]],
])('a key that %s ends the walk with an error', async (_, keys) => {
  await expect(walk(keys)).rejects.toMatchObject({
    name: 'UserError',
    code: 'KEY_ASTRAY',
    exit: 69,
  });
});

test('a store that gives the same page again does not hold a reader for ever', async () => {
  const again = async (): Promise<readonly number[]> => [1, 2];
  await expect(
    (async () => {
      for await (const page of pagesByKey({ read: again, keyOf: (key) => key, size: 2 }))
        expect(page).toEqual([1, 2]);
    })(),
  ).rejects.toMatchObject({ code: 'KEY_ASTRAY' });
});
