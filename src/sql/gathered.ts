import { SQL, sql } from 'drizzle-orm';

/** Rows of another table, and the contact or company that each belongs to. */
export interface GatheredRows {
  readonly table: SQL;
  /** The id that a row belongs to, which is compared with `outer`. */
  readonly key: SQL;
  readonly outer: SQL;
  /**
   * Conditions that select few of the rows and that other conditions on the same rows are likely to
   * share.
   */
  readonly within: readonly SQL[];
  /** The other conditions on a row; as `Condition`. */
  readonly where: readonly SQL[];
  /**
   * A condition on all rows of one key together; without a row it is false. Its figures are written
   * with `filter (where …)`, or without it for all rows. If left out, one row is enough.
   */
  readonly having?: ((filter: SQL) => SQL) | undefined;
}

/**
 * The condition that `outer` has such rows. By itself it is SQL that gathers the rows. Code that
 * evaluates several conditions at once can find these objects in them (`replaceParts`) and gather
 * the rows once for all.
 */
export class Gathered extends SQL {
  readonly rows: GatheredRows;

  constructor(rows: GatheredRows) {
    const { table, key, outer, within, where, having } = rows;
    const tests = [...within, ...where];
    const which = tests.length === 0 ? sql`` : sql` where ${sql.join(tests, sql` and `)}`;
    const tested = having === undefined ? sql`` : sql` group by ${key} having ${having(sql``)}`;
    super(sql`${outer} in (select ${key} from ${table}${which}${tested})`.queryChunks);
    this.rows = rows;
  }
}
