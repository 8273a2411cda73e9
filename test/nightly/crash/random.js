/**
 * Numbers that a seed decides, so that a round can be gone through again.
 * @typedef {object} Random
 * @property {(below: number) => number} int a whole number from 0
 * @property {<T>(list: readonly T[]) => T} pick
 * @property {(share: number) => boolean} chance true in so many cases of one
 */

/**
 * Mulberry32: small, fast, good enough to choose by.
 * @param {number} seed
 * @returns {Random}
 */
export function seeded(seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  /** @type {Random['int']} */
  const int = (below) => Math.floor(next() * below);
  return {
    int,
    chance: (share) => next() < share,
    pick: (list) => /** @type {(typeof list)[number]} */ (list[int(list.length)]),
  };
}
