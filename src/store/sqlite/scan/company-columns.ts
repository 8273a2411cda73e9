import { type SQL, sql } from 'drizzle-orm';
import type { CodedColumn, Column, ColumnValue } from '../../../sql/columns.ts';
import type { SqliteDatabase } from '../connection/database.ts';
import { ALL_IDS, type IdRange, rangesOf } from './batches.ts';
import {
  type ColumnQuery,
  MOST_TEXT,
  readColumn,
  readColumns,
  readWhole,
  TooMuchText,
} from './json-columns.ts';
import { isInRange } from './owners.ts';

/** All companies, in the order of their ids: eight bytes for each, and four for each column. */
export class Companies {
  readonly columns: readonly CodedColumn[];
  readonly #ids: Float64Array;

  constructor(ids: Float64Array, columns: readonly CodedColumn[]) {
    this.#ids = ids;
    this.columns = columns;
  }

  /** Where the company of this id stands; -1 of one that is not there, and of none. */
  positionOf(id: ColumnValue | undefined): number {
    if (typeof id !== 'number') return -1;
    let [from, until] = [0, this.#ids.length];
    while (from < until) {
      const middle = (from + until) >>> 1;
      if ((this.#ids[middle] ?? 0) < id) from = middle + 1;
      else until = middle;
    }
    return this.#ids[from] === id ? from : -1;
  }
}

/** So many are read at once. */
const MOST_AT_ONCE = 10_000;

/**
 * Reads expressions over `companies co`, part by part: the values of several hundred thousand would
 * take more memory than all else. `TooMuchOfOne` where the different ones are too much text to keep.
 */
export async function readCompanies(
  db: SqliteDatabase,
  values: readonly SQL[],
  size = MOST_AT_ONCE,
): Promise<Companies> {
  const parts = new Parts(values.length);
  if (values.length === 0) return parts.companies();
  return readWhole(db, queryOf(values, ALL_IDS), async () => {
    for (const range of rangesOf(db, size, sql`companies`)) {
      const query = queryOf(values, range);
      parts.add(await readColumns(db, query));
      // rule: columns-companies
      if (parts.length > MOST_TEXT) throw new TooMuchText(query);
    }
    return parts.companies();
  });
}

function queryOf(values: readonly SQL[], range: IdRange): ColumnQuery {
  return {
    columns: [
      readColumn(sql`co.id`),
      ...values.map((value, place) => readColumn(value, { kind: 'companies', place })),
    ],
    source: sql`companies as co not indexed where ${isInRange(sql`co.id`, range)}`,
    owner: sql`null`,
  };
}

/** What was read so far. */
class Parts {
  readonly #ids: Float64Array[] = [];
  readonly #coders: readonly Coder[];

  constructor(columns: number) {
    this.#coders = Array.from({ length: columns }, () => new Coder());
  }

  /** The ids, and a value of each column. */
  add([ids = [], ...columns]: readonly Column[]): void {
    this.#ids.push(Float64Array.from(ids as readonly number[]));
    for (const [place, column] of columns.entries()) this.#coders[place]?.add(column);
  }

  /** Of the different values, as texts. */
  get length(): number {
    return this.#coders.reduce((sum, { length }) => sum + length, 0);
  }

  companies(): Companies {
    return new Companies(
      joined(this.#ids, (length) => new Float64Array(length)),
      this.#coders.map((coder) => coder.coded()),
    );
  }
}

/** Finds the different values of a column that comes in parts. */
class Coder {
  readonly #known = new Map<ColumnValue, number>();
  readonly #parts: Int32Array[] = [];
  /** Of the different values, as texts. */
  length = 0;

  add(column: Column): void {
    this.#parts.push(Int32Array.from(column, (value) => this.#codeOf(value)));
  }

  coded(): CodedColumn {
    return {
      values: [...this.#known.keys()],
      codes: joined(this.#parts, (length) => new Int32Array(length)),
    };
  }

  #codeOf(value: ColumnValue): number {
    const known = this.#known.get(value);
    if (known !== undefined) return known;
    const code = this.#known.size;
    this.#known.set(value, code);
    this.length += String(value).length;
    return code;
  }
}

function joined<T extends Float64Array | Int32Array>(
  parts: readonly T[],
  make: (length: number) => T,
): T {
  const whole = make(parts.reduce((sum, { length }) => sum + length, 0));
  let end = 0;
  for (const part of parts) {
    whole.set(part, end);
    end += part.length;
  }
  return whole;
}
