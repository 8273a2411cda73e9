import type { Value } from '../store/index.ts';
import { EXIT, UserError } from '../support/errors.ts';

/** The keys of rejected rows: their contacts are in the file all the same. */
export class RejectedKeys {
  readonly keys: (string | number)[] = [];
  readonly #name: string;

  /** `name` is that of the file, for messages. */
  constructor(name: string) {
    this.#name = name;
  }

  /** `UserError` (4) for a row without a key: nobody knows whom it keeps. */
  add(line: number, key: Value): void {
    // rule: mirror-unknown
    if (key !== null) {
      this.keys.push(key);
      return;
    }
    throw new UserError(
      'MIRROR_UNSURE',
      EXIT.finding,
      `${this.#name}, line ${line}: it has no key that can be read, so nobody knows who has to ` +
        'stay in the segment; nothing was changed',
      { hint: 'correct the row, or leave --mirror out' },
    );
  }
}
