import {
  type DateContext,
  describeProblem,
  isProblem,
  valueParser,
  valueReader,
  type ValueProblem,
} from '../contact/values.ts';
import type { FieldRow, StagedValue } from '../store/index.ts';
import { unguard } from './guard.ts';
import type { CheckedRow } from './plan.ts';

/**
 * Reads a cell as a value of a field. If `guard` put a `'` before the text, it is removed, and NULL
 * is then an ordinary word.
 */
export function cellReader(
  field: Pick<FieldRow, 'type' | 'options'>,
  context: DateContext,
): (cell: string) => StagedValue | ValueProblem {
  const read = valueReader(field, context);
  const parse = valueParser(field, context);
  return (cell) => {
    const text = unguard(cell);
    return text === cell ? read(cell) : parse(text);
  };
}

/** Collects the problems in the cells of one row. */
export class CellProblems {
  readonly #columns: string[] = [];
  readonly #reasons: string[] = [];
  #undecidedDate = false;

  get found(): boolean {
    return this.#reasons.length > 0;
  }

  add(column: string, reason: string): void {
    this.#columns.push(column);
    this.#reasons.push(reason);
  }

  /** Returns the value; records a problem and returns null. */
  check<T extends string | number | symbol | null | readonly unknown[]>(
    found: T | ValueProblem,
    column: string,
    label: string,
  ): T | null {
    if (!isProblem(found)) return found;
    if (found.kind === 'ambiguousDate') this.#undecidedDate = true;
    this.add(column, describeProblem(label, found));
    return null;
  }

  /** What to do with the row. */
  verdict(): Exclude<CheckedRow, { kind: 'row' }> {
    const rejection = {
      column: [...new Set(this.#columns)].join(', '),
      reason: this.#reasons.join('; '),
    };
    return { kind: this.#undecidedDate ? 'undecided' : 'rejected', rejection };
  }
}
