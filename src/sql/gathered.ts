import { is, SQL, sql } from 'drizzle-orm';

/** Rows of another table, and whom they belong to. */
export interface GatheredRows {
  readonly table: SQL;
  /** Whom a row belongs to: the integer that `outer` is compared with. */
  readonly key: SQL;
  readonly outer: SQL;
  /**
   * What others that are gathered from the same rows are likely to ask as well; it leads to few of
   * them.
   */
  readonly within: readonly SQL[];
  /** Each 0 or 1. */
  readonly where: readonly SQL[];
  /**
   * What must hold of all rows of one key; of no row it does not. The figures in it are made
   * `filter (where …)`, or of all. Left out: there is a row.
   */
  readonly having?: ((filter: SQL) => SQL) | undefined;
}

/**
 * A condition: `outer` is one of those to whom such rows belong. It reads as one that gathers them
 * for itself; who evaluates several conditions at once finds it in them, and can gather for all of
 * them together.
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

/** The condition with something else in the place of what it gathers. */
export function replaceGathered(condition: SQL, replace: (gathered: Gathered) => SQL): SQL {
  const replaced = condition.queryChunks.map((chunk) => {
    if (chunk instanceof Gathered) return replace(chunk);
    return is(chunk, SQL) ? replaceGathered(chunk, replace) : sql.join([chunk]);
  });
  return sql.join(replaced);
}
