import type { Wrapping } from '../contact/values.ts';
import { counted } from '../support/text.ts';

/** How many cells were read but for something that stood around their value. */
export class CleanedCells {
  readonly #counts = new Map<Wrapping, number>();

  add(from: Wrapping): void {
    this.#counts.set(from, (this.#counts.get(from) ?? 0) + 1);
  }

  get total(): number {
    return [...this.#counts.values()].reduce((sum, count) => sum + count, 0);
  }

  /** `3 cells cleaned: 2 currency signs, 1 percent sign`; undefined if there was none. */
  get note(): string | undefined {
    if (this.#counts.size === 0) return undefined;
    const parts = [...this.#counts]
      .sort(([, a], [, b]) => b - a)
      .map(([from, count]) => counted(count, ...NOUNS[from]));
    return `${counted(this.total, 'cell')} cleaned: ${parts.join(', ')}`;
  }
}

/** What goes, for one and for many. */
const NOUNS: Readonly<Record<Wrapping, readonly [string, string]>> = {
  name: ['name beside an address', 'names beside an address'],
  mailto: ['`mailto:`', '`mailto:`'],
  brackets: ['pair of brackets around an address', 'pairs of brackets around an address'],
  mark: ['mark behind an address', 'marks behind an address'],
  currency: ['currency', 'currencies'],
  percent: ['percent sign', 'percent signs'],
  apostrophe: ['apostrophe before a number', 'apostrophes before a number'],
  formula: ['`="…"`', '`="…"`'],
};
