/** Two lists as one: what has the same id in both is added up, in the place of the first. */
export function addById<T>(
  before: readonly T[],
  after: readonly T[],
  idOf: (one: T) => number,
  add: (one: T, other: T) => T,
): T[] {
  const byId = new Map(before.map((one) => [idOf(one), one]));
  for (const one of after) {
    const known = byId.get(idOf(one));
    byId.set(idOf(one), known === undefined ? one : add(known, one));
  }
  return [...byId.values()];
}
