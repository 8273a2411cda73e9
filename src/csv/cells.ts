import {
  type Cleaned,
  type DateContext,
  isCleaned,
  isProblem,
  problemInWords,
  valueParser,
  valueReader,
  type ValueProblem,
  type ValueReader,
} from '../contact/values.ts';
import type { FieldRow, StagedValue } from '../store/index.ts';
import { withoutBlanks } from '../support/blanks.ts';
import type { CleanedCells } from './cleaned-cells.ts';
import { unguard } from './guard.ts';
import type { CheckedRow, RejectedRow } from './plan.ts';
import { rejectionFor, type RowProblem } from './reject-lines.ts';

/** Excel writes a text of digits so, lest it be read as a number: `="06000"`. */
const FORMULA = /^="((?:[^"]|"")*)"$/;

/** The text in such a formula; undefined for anything else. */
function textOfFormula(text: string): string | undefined {
  return text.startsWith('="') ? FORMULA.exec(text)?.[1]?.replaceAll('""', '"') : undefined;
}

/**
 * Reads a cell as a value of a field. If `guard` put a `'` before the text, it is removed, and NULL
 * is then an ordinary word. Blanks around a text stay with `keepBlanks`.
 */
export function cellReader(
  field: Pick<FieldRow, 'type' | 'options'>,
  context: DateContext,
  keepBlanks = false,
): ValueReader {
  const read = valueReader(field, context);
  const parse = valueParser(field, context);
  const keeps = keepBlanks && field.type === 'text';
  const readOdd = (text: string): ReturnType<ValueReader> => {
    const formula = textOfFormula(text);
    if (formula !== undefined) return formula === '' ? null : cleanedOf(parse(formula));
    const exact = unguard(text);
    return exact === text ? read(text) : parse(exact);
  };
  return (cell) => {
    const text = keeps ? cell : withoutBlanks(cell);
    return text.startsWith("'") || text.startsWith('=') ? readOdd(text) : read(text);
  };
}

function cleanedOf(found: string | number | ValueProblem): Cleaned | ValueProblem {
  return isProblem(found) ? found : { kind: 'cleaned', value: found, from: 'formula' };
}

/** The text of a cell that is no value of a field, such as a list, without blanks around it. */
export function cellText(cell: string): string {
  const text = withoutBlanks(cell);
  return textOfFormula(text) ?? unguard(text);
}

/** Collects the problems in the cells of one row, and what was cleaned. */
export class CellProblems {
  #problems: RowProblem[] | undefined;
  #cleaned: Cleaned[] | undefined;
  #undecidedDate = false;

  get found(): boolean {
    return this.#problems !== undefined;
  }

  add(problem: RowProblem): void {
    (this.#problems ??= []).push(problem);
  }

  /** Returns the value; records a problem and returns null. */
  check<T extends string | number | symbol | null | readonly unknown[]>(
    found: T | ValueProblem,
    column: string,
    label: string,
  ): T | null {
    if (!isProblem(found)) return found;
    if (found.kind === 'ambiguousDate') this.#undecidedDate = true;
    this.add({ column, label, words: problemInWords(found), kind: found.kind });
    return null;
  }

  /** Like `check`, for what the reader of a field found: notes also what it cleaned. */
  checkValue(found: ReturnType<ValueReader>, column: string, label: string): StagedValue {
    if (!isCleaned(found)) return this.check(found, column, label);
    (this.#cleaned ??= []).push(found);
    return found.value;
  }

  countCleaned(cleaned: CleanedCells): void {
    for (const { from } of this.#cleaned ?? []) cleaned.add(from);
  }

  /** What to do with the row, of which so much can be read. */
  verdict(
    readable: Pick<RejectedRow, 'key' | 'others' | 'wish'>,
  ): Exclude<CheckedRow, { kind: 'row' }> {
    const rejection = rejectionFor(...(this.#problems ?? []));
    return { kind: this.#undecidedDate ? 'undecided' : 'rejected', rejection, ...readable };
  }
}
