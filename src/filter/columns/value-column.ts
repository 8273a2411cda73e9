/** A column of values, asked by tests which of its rows pass. */
import type { CodedColumn, Column, ColumnValue } from '../../sql/columns.ts';
import { BitSet } from '../../support/bit-set.ts';
import type { ValueTest } from '../operators/operator.ts';

/*
 * Measured with bench/value-columns.js, per row of a batch of 25,000. To decide a text takes 70 to
 * 170 ns, a number 8 to 15. To look one up takes 30 ns where few differ and 100 to 200 where all do;
 * a row of a dictionary then takes 2 for each test. So a dictionary pays for texts where no more
 * than half are distinct, and for numbers from the third test on where few are.
 */

/** Whether values repeat is told by this share of the rows, the first of them. */
const TRIAL_SHARE = 1 / 8;
/**
 * How many of these may be distinct: as many as there are where values are drawn at random from half
 * as many as there are rows; for numbers, from a twelfth.
 */
const MOST_DISTINCT = { text: 0.88, number: 0.5 } as const;
/** For numbers a dictionary is made for the third test of a column. */
const LEAST_TESTS_OF_NUMBERS = 3;

export class ValueColumn {
  readonly values: Column;
  #tests = 0;
  #dictionary: CodedColumn | null | undefined;

  constructor(values: Column) {
    this.values = values;
  }

  /**
   * The rows whose value passes; which of those outside `within` are among them is open. A value
   * that stands in many rows is decided once.
   */
  rowsWhere(passes: ValueTest, within?: BitSet): BitSet {
    this.#tests += 1;
    const dictionary = this.#findDictionary();
    return dictionary === null
      ? rowsOfValues(this.values, passes, within)
      : rowsOfCodes(dictionary.codes, decided(dictionary.values, passes));
  }

  #findDictionary(): CodedColumn | null {
    if (this.#dictionary !== undefined) return this.#dictionary;
    const isOfNumbers = typeof this.values.find((value) => value !== null) === 'number';
    if (isOfNumbers && this.#tests < LEAST_TESTS_OF_NUMBERS) return null;
    this.#dictionary = dictionaryOf(this.values, MOST_DISTINCT[isOfNumbers ? 'number' : 'text']);
    return this.#dictionary;
  }
}

/** 1 for each value that passes, else 0. */
export function decided(values: Column, passes: ValueTest): Uint8Array {
  const verdicts = new Uint8Array(values.length);
  for (let at = 0; at < values.length; at += 1) verdicts[at] = passes(values[at]) ? 1 : 0;
  return verdicts;
}

/** The rows whose code has a 1 among the verdicts. */
export function rowsOfCodes(codes: Int32Array, verdicts: Uint8Array): BitSet {
  const rows = new BitSet(codes.length);
  for (let start = 0; start < codes.length; start += 32) {
    const end = Math.min(start + 32, codes.length);
    let word = 0;
    for (let row = start; row < end; row += 1)
      word |= (verdicts[codes[row] ?? 0] ?? 0) << (row - start);
    rows.words[start >>> 5] = word;
  }
  return rows;
}

/** The rows whose value passes, of those in `within`. */
export function rowsOfValues(values: Column, passes: ValueTest, within?: BitSet): BitSet {
  const rows = new BitSet(values.length);
  for (let start = 0; start < values.length; start += 32) {
    const end = Math.min(start + 32, values.length);
    const asked = within?.words[start >>> 5] ?? ALL;
    let word = 0;
    for (let row = start; asked !== 0 && row < end; row += 1)
      if (((asked >>> (row - start)) & 1) === 1 && passes(values[row])) word |= 1 << (row - start);
    rows.words[start >>> 5] = word;
  }
  return rows;
}

const ALL = 0xffff_ffff;

/**
 * The column by its distinct values; null where more than this share of its rows differ, as far as
 * the first of them tell.
 */
export function dictionaryOf(column: Column, mostDistinct: number): CodedColumn | null {
  const known = new Map<ColumnValue, number>();
  const values: ColumnValue[] = [];
  const codes = new Int32Array(column.length);
  const trial = Math.ceil(column.length * TRIAL_SHARE);
  for (let row = 0; row < column.length; row += 1) {
    if (row === trial && values.length > row * mostDistinct) return null;
    // rule: column-null
    const value = column[row] ?? null;
    let code = known.get(value);
    if (code === undefined) {
      code = values.push(value) - 1;
      known.set(value, code);
    }
    // rule: column-dictionary
    codes[row] = code;
  }
  return { values, codes };
}
