/**
 * A set of the numbers from 0 to below `size`, a bit each, 32 to a word. Bits from `size` on are 0.
 */
export class BitSet {
  readonly size: number;
  readonly words: Uint32Array;

  constructor(size: number) {
    this.size = size;
    this.words = new Uint32Array(Math.ceil(size / 32));
  }

  add(index: number): void {
    const word = index >>> 5;
    this.words[word] = (this.words[word] ?? 0) | (1 << (index & 31));
  }

  has(index: number): boolean {
    return (((this.words[index >>> 5] ?? 0) >>> (index & 31)) & 1) === 1;
  }

  /** Adds what the other one has. */
  addAll(other: BitSet): void {
    for (let word = 0; word < this.words.length; word += 1)
      this.words[word] = (this.words[word] ?? 0) | (other.words[word] ?? 0);
  }

  /** Keeps what the other one has too. */
  keepAll(other: BitSet): void {
    for (let word = 0; word < this.words.length; word += 1)
      this.words[word] = (this.words[word] ?? 0) & (other.words[word] ?? 0);
  }

  /** What is not in it. */
  complement(): BitSet {
    const others = new BitSet(this.size);
    for (let word = 0; word < this.words.length; word += 1)
      others.words[word] = ~(this.words[word] ?? 0);
    others.#clearTail();
    return others;
  }

  #clearTail(): void {
    const used = this.size & 31;
    const last = this.words.length - 1;
    if (used !== 0) this.words[last] = (this.words[last] ?? 0) & ((1 << used) - 1);
  }

  copy(): BitSet {
    const other = new BitSet(this.size);
    other.words.set(this.words);
    return other;
  }

  /** How many it has. */
  count(): number {
    return this.countIn(this);
  }

  /** How many of its numbers the other one has too. */
  countIn(other: BitSet): number {
    let count = 0;
    for (let word = 0; word < this.words.length; word += 1)
      count += bitsOf((this.words[word] ?? 0) & (other.words[word] ?? 0));
    return count;
  }

  /** Calls `visit` with each number in it, ascending. */
  forEach(visit: (index: number) => void): void {
    for (let word = 0; word < this.words.length; word += 1) {
      for (let rest = this.words[word] ?? 0; rest !== 0; rest &= rest - 1)
        visit(word * 32 + (31 - Math.clz32(rest & -rest)));
    }
  }
}

/** How many bits of a word of 32 are 1, counted in pairs, then fours, then bytes. */
function bitsOf(word: number): number {
  const pairs = word - ((word >>> 1) & 0x5555_5555);
  const fours = (pairs & 0x3333_3333) + ((pairs >>> 2) & 0x3333_3333);
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f_0f0f, 0x0101_0101) >>> 24;
}
