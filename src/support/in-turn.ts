/** Does the work for one item after the other; gives what came of each, in their order. */
export async function inTurn<Item, Result>(
  items: Iterable<Item>,
  work: (item: Item, index: number) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  for (const item of items) results.push(await work(item, results.length));
  return results;
}

/** The sum of what the work gives for one item after the other. */
export async function sumInTurn<Item>(
  items: Iterable<Item>,
  work: (item: Item) => Promise<number>,
): Promise<number> {
  let sum = 0;
  for (const item of items) sum += await work(item);
  return sum;
}

/** The items for which the test holds, which is asked for one after the other. */
export async function filterInTurn<Item>(
  items: Iterable<Item>,
  test: (item: Item) => Promise<boolean>,
): Promise<Item[]> {
  const kept: Item[] = [];
  for (const item of items) if (await test(item)) kept.push(item);
  return kept;
}

/** Whether the test holds for one of the items, which is asked for one after the other. */
export async function someInTurn<Item>(
  items: Iterable<Item>,
  test: (item: Item) => Promise<boolean>,
): Promise<boolean> {
  for (const item of items) if (await test(item)) return true;
  return false;
}

/** Whether the test holds for each of the items, which is asked for one after the other. */
export async function everyInTurn<Item>(
  items: Iterable<Item>,
  test: (item: Item) => Promise<boolean>,
): Promise<boolean> {
  for (const item of items) if (!(await test(item))) return false;
  return true;
}
