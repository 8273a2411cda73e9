/** A column of values, asked by tests which of its rows pass. */
import type { Column, ColumnValue } from '../../sql/columns.ts';
import { BitSet } from '../../support/bit-set.ts';
import type { ValueTest } from '../operators/operator.ts';

/** The column by its distinct values: each row has the position of its own. */
interface Dictionary {
  readonly values: readonly ColumnValue[];
  readonly codes: Int32Array;
}

/** A dictionary is given up after this share of the rows … */
const TRIAL_SHARE = 1 / 8;
/** … where more than this share of them are different. */
const MOST_DISTINCT = 1 / 2;

export class ValueColumn {
  readonly values: Column;
  #dictionary: Dictionary | null | undefined;

  constructor(values: Column) {
    this.values = values;
  }

  /**
   * The rows whose value passes; which of those outside `within` are among them is open. A text that
   * stands in many rows is decided once.
   */
  rowsWhere(passes: ValueTest, within?: BitSet): BitSet {
    this.#dictionary ??= dictionaryOf(this.values);
    return this.#dictionary === null
      ? rowsOfValues(this.values, passes, within)
      : rowsOfCodes(this.#dictionary.codes, decided(this.#dictionary.values, passes));
  }
}

/** 1 for each value that passes, else 0. */
export function decided(values: Column, passes: ValueTest): Uint8Array {
  return Uint8Array.from(values, (value) => (passes(value) ? 1 : 0));
}

/** The rows whose code has a 1 among the verdicts; code `-1` is the last of these. */
export function rowsOfCodes(codes: Int32Array, verdicts: Uint8Array): BitSet {
  const rows = new BitSet(codes.length);
  const last = verdicts.length - 1;
  let word = 0;
  for (let row = 0; row < codes.length; row += 1) {
    const code = codes[row] ?? 0;
    word |= (verdicts[code < 0 ? last : code] ?? 0) << (row & 31);
    if ((row & 31) === 31 || row === codes.length - 1) {
      rows.words[row >>> 5] = word;
      word = 0;
    }
  }
  return rows;
}

export function rowsOfValues(values: Column, passes: ValueTest, within?: BitSet): BitSet {
  const rows = new BitSet(values.length);
  for (let row = 0; row < values.length; row += 1) {
    if (within !== undefined && !within.has(row)) continue;
    if (passes(values[row])) rows.add(row);
  }
  return rows;
}

/** Null where the values are no texts, which are decided faster than looked up, or repeat too little. */
function dictionaryOf(column: Column): Dictionary | null {
  const known = new Map<ColumnValue, number>();
  const values: ColumnValue[] = [];
  const codes = new Int32Array(column.length);
  const trial = Math.ceil(column.length * TRIAL_SHARE);
  for (let row = 0; row < column.length; row += 1) {
    const value = column[row] ?? null;
    if (typeof value === 'number' || (row === trial && values.length > row * MOST_DISTINCT))
      return null;
    let code = known.get(value);
    if (code === undefined) {
      code = values.push(value) - 1;
      known.set(value, code);
    }
    codes[row] = code;
  }
  return { values, codes };
}
