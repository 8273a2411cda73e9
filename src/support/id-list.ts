/**
 * Ids in ascending order, in little memory: each is stored as its distance from the one before,
 * which takes a byte or two where a plain array takes eight or more. Can be iterated any number of
 * times.
 */
export class IdList implements Iterable<number> {
  #bytes = new Uint8Array(64);
  #used = 0;
  #last = 0;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** `id` is a whole number of at least 0, and greater than all ids added before. */
  add(id: number): void {
    if (id < this.#last || (id === this.#last && this.#length > 0))
      throw new Error(`ids have to come in ascending order: ${id} after ${this.#last}`);
    let rest = id - this.#last;
    while (rest >= 128) {
      this.#push((rest % 128) + 128);
      rest = Math.floor(rest / 128); // no shifts: ids go up to 53 bits
    }
    this.#push(rest);
    this.#last = id;
    this.#length += 1;
  }

  *[Symbol.iterator](): Iterator<number> {
    let id = 0;
    let distance = 0;
    let unit = 1;
    for (let at = 0; at < this.#used; at += 1) {
      const byte = this.#bytes[at] ?? 0;
      distance += (byte % 128) * unit;
      unit *= 128;
      if (byte >= 128) continue;
      id += distance;
      [distance, unit] = [0, 1];
      yield id;
    }
  }

  #push(byte: number): void {
    if (this.#used === this.#bytes.length) {
      const larger = new Uint8Array(this.#bytes.length * 2);
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    this.#bytes[this.#used] = byte;
    this.#used += 1;
  }
}
