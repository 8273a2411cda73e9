export interface Page {
  /** Only rows with a greater id. */
  readonly after?: number | undefined;
  readonly limit?: number | undefined;
}

/**
 * Another order of a list than its usual one: by a column, under the key that programs get. Rows
 * without a value come last.
 */
export interface Order {
  readonly by: string;
  readonly descends: boolean;
}

/** A list of rows with ids that may be read in any order, which is decided before. */
export interface OrderedReader<Query extends Page, Row> {
  list(query: Query | { readonly ids: readonly number[] }): Promise<Row[]>;
  /** The ids of the rows in this order, at most the query's `limit`. */
  order(query: Query, order: Order): Promise<number[]>;
  count(query: Query): Promise<number>;
}
