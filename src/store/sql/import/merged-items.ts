/** What texts compare by together, without regard to the case of ASCII letters. */
export function caselessly(...texts: readonly string[]): string {
  return JSON.stringify(texts.map((text) => text.replace(/[A-Z]+/g, (part) => part.toLowerCase())));
}

/** Of the items that have the same key only the first. */
export function firstOf<Item>(items: readonly Item[], keyOf: (item: Item) => unknown): Item[] {
  return mergedBy(items, keyOf, (first) => first);
}

/** One item of those that have the same key, in the order of the first of each. */
export function mergedBy<Item>(
  items: readonly Item[],
  keyOf: (item: Item) => unknown,
  merge: (before: Item, item: Item) => Item,
): Item[] {
  if (items.length < 2) return [...items];
  const byKey = new Map<unknown, Item>();
  for (const item of items) {
    const key = keyOf(item);
    const before = byKey.get(key);
    byKey.set(key, before === undefined ? item : merge(before, item));
  }
  return [...byKey.values()];
}
