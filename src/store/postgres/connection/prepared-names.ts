/** Of the statements of an update of some hundred segments, about as many are used again. */
const MOST_PREPARED = 100;
const MOST_REMEMBERED = 1000;

/**
 * Which statements stay prepared on a connection: those that are used a second time, and no more than
 * `MOST_PREPARED`, since each takes memory of the server.
 */
export class PreparedNames {
  readonly #seen = new Set<string>();
  readonly #names = new Map<string, string>();
  #given = 0;

  /** The name under which the statement stays prepared; undefined where it does not. */
  nameOf(text: string): string | undefined {
    const name = this.#names.get(text);
    if (name !== undefined || this.#names.size >= MOST_PREPARED) return name;
    if (this.#seen.delete(text)) {
      const given = `rollcall_${++this.#given}`;
      this.#names.set(text, given);
      return given;
    }
    if (this.#seen.size >= MOST_REMEMBERED) this.#seen.clear();
    this.#seen.add(text);
    return undefined;
  }

  /** After the schema has changed: what is prepared may not fit any more. */
  forget(): void {
    this.#seen.clear();
    this.#names.clear();
  }
}
