import { type SQL, sql } from 'drizzle-orm';
import type { Column } from '../../../sql/columns.ts';
import type { IdRange } from './batches.ts';

/** Rows that have a contact in the batch. */
export interface Owned {
  /** The positions of the contacts. */
  readonly owners: Int32Array;
  /** Which rows these are, of all that were read. */
  readonly rows: Int32Array;
  /** The values of these rows, of those of all rows. */
  readonly pick: (column: Column) => Column;
}

/** The contacts of a batch, as the owners of rows elsewhere. */
export class Owners {
  readonly range: IdRange;
  readonly #ids: readonly number[];

  constructor(ids: readonly number[], range: IdRange) {
    this.#ids = ids;
    this.range = range;
  }

  /** Of rows in the order of their contacts' ids those that have a contact, and that `keeps` keeps. */
  of(contactIds: readonly number[], keeps: (row: number) => boolean = () => true): Owned {
    const owners = new Int32Array(contactIds.length);
    const rows = new Int32Array(contactIds.length);
    let [position, count, last] = [0, 0, Number.NEGATIVE_INFINITY];
    for (let row = 0; row < contactIds.length; row += 1) {
      const id = contactIds[row] ?? 0;
      if (id < last) throw new Error('rows are not in the order of their contacts');
      last = id;
      while (position < this.#ids.length && (this.#ids[position] ?? 0) < id) position += 1;
      // rule: columns-strays
      if (this.#ids[position] !== id || !keeps(row)) continue;
      owners[count] = position;
      rows[count] = row;
      count += 1;
    }
    return ownedOf(owners.subarray(0, count), rows.subarray(0, count));
  }
}

export function ownedOf(owners: Int32Array, rows: Int32Array): Owned {
  return {
    owners,
    rows,
    pick: (column) => Array.from(rows, (row) => column[row] ?? null),
  };
}

export function isInRange(id: SQL, { after, until }: IdRange): SQL {
  return sql`${id} > ${after} and ${id} <= ${until}`;
}
