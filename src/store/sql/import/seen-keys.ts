/** The most keys that are noted: eight bytes each, in a table that is at most half full. */
const MOST_KEYS = 1_048_576;
const FIRST_SLOTS = 1024;

/**
 * Whether any key was there before, told by hashes of 52 bits: it never overlooks a key that comes
 * again, and next to never takes another for it. Of more keys than it notes it says that they may
 * have come twice. Sorting all keys to find out takes a tenth of an import.
 */
export class SeenKeys {
  #slots = new Float64Array(FIRST_SLOTS);
  #count = 0;
  #mayRepeat = false;

  /** True where some key may have come twice. */
  get mayRepeat(): boolean {
    return this.#mayRepeat;
  }

  add(key: string | number): void {
    if (this.#mayRepeat) return;
    if (this.#count * 2 >= this.#slots.length) this.#grow();
    // rule: keys-come-again
    if (this.#count >= MOST_KEYS || !this.#put(hashOf(String(key)))) this.#stop();
    else this.#count += 1;
  }

  #stop(): void {
    this.#mayRepeat = true;
    this.#slots = new Float64Array(0);
  }

  /** False if it is there. */
  #put(hash: number): boolean {
    const slots = this.#slots;
    const mask = slots.length - 1;
    for (let at = hash & mask; ; at = (at + 1) & mask) {
      if (slots[at] === 0) {
        slots[at] = hash;
        return true;
      }
      if (slots[at] === hash) return false;
    }
  }

  #grow(): void {
    const before = this.#slots;
    this.#slots = new Float64Array(before.length * 2);
    for (const hash of before) if (hash !== 0) this.#put(hash);
  }
}

/** Two hashes of 26 bits as one number, never 0: FNV-1a with two primes. */
function hashOf(text: string): number {
  let low = 0x811c9dc5;
  let high = 0x01000193;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    low = Math.imul(low ^ unit, 0x01000193);
    high = Math.imul(high ^ unit, 0x5bd1e995);
    high ^= high >>> 15;
  }
  return (low >>> 6) * 0x400_0000 + (high >>> 6) + 1;
}
