import { EXIT, UserError } from '../support/errors.ts';
import type { RejectedRow } from './plan.ts';

/** Who a rejected row is about: by its key, else by its other unique values. */
export interface RejectedKey {
  readonly key: string | number;
  readonly others: Exclude<RejectedRow['others'], undefined>;
}

/** The keys of rejected rows: their contacts are in the file all the same. */
export class RejectedKeys {
  readonly rows: RejectedKey[] = [];
  readonly #name: string;

  /** `name` is that of the file, for messages. */
  constructor(name: string) {
    this.#name = name;
  }

  /** `UserError` (4) for a row without a key: nobody knows whom it keeps. */
  add(line: number, { key, others = [] }: Pick<RejectedRow, 'key' | 'others'>): void {
    // rule: mirror-unknown
    if (key !== null) {
      this.rows.push({ key, others });
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
