/** Evaluates filters batch by batch. */
import type { ColumnBatch, ColumnTables } from '../../sql/columns.ts';
import type { BitSet } from '../../support/bit-set.ts';
import type { FilterAst, Predicate } from '../ast.ts';
import { BatchView, type DecideLeaf } from './batch-view.ts';
import { combineRows } from './combine.ts';

/** Leaves that could not be decided: plan again, with their keys in `bySql`. */
export class LeafFailure extends Error {
  readonly keys: readonly string[];

  constructor(keys: readonly string[], cause: unknown) {
    super(`a condition could not be decided by columns: ${String(cause)}`, { cause });
    this.keys = keys;
  }
}

export interface OpenLeaf {
  readonly key: string;
  readonly decide: DecideLeaf;
  /** The last of the filters that use it. */
  readonly last: number;
}

interface Opened {
  readonly filters: readonly FilterAst[];
  /** The key of each leaf that stands in them. */
  readonly keys: ReadonlyMap<Predicate, string>;
  readonly leaves: readonly OpenLeaf[];
  /** Filters that are decided as one, by their places. */
  readonly wholes: ReadonlyMap<number, DecideLeaf>;
  readonly tables: ColumnTables;
}

/**
 * Decides filters for one batch of contacts after the other. It relies on the reader for this: no
 * row of a batch is of a contact that is not in it, owners ascend, tags and companies that do not
 * exist are left out, and events of a type come whatever the case of its letters.
 */
export class ColumnEvaluator {
  readonly #opened: Opened;
  readonly #leaves: ReadonlyMap<string, OpenLeaf>;
  readonly #costs = new Map<string, number>();
  /** By the place of a filter, the leaves that no later one uses. */
  readonly #ending = new Map<number, string[]>();

  constructor(opened: Opened) {
    this.#opened = opened;
    this.#leaves = new Map(opened.leaves.map((leaf) => [leaf.key, leaf]));
    for (const { key, last } of opened.leaves)
      this.#ending.set(last, [...(this.#ending.get(last) ?? []), key]);
  }

  /**
   * By each leaf's key the milliseconds that it took so far. The first that asks a column or the
   * companies also pays for what the others find done.
   */
  get costs(): ReadonlyMap<string, number> {
    return this.#costs;
  }

  /**
   * For each filter, in order, the contacts of the batch that match, by their place in it. The sets
   * are the caller's to change. `LeafFailure` when a leaf throws.
   */
  evaluate(batch: ColumnBatch): readonly BitSet[] {
    const view = new BatchView(batch, this.#opened.tables);
    const decided = new Map<string, BitSet>();
    return this.#opened.filters.map((filter, place) => {
      const whole = this.#opened.wholes.get(place);
      if (whole !== undefined) return whole(view);
      const matching = combineRows<Predicate>(filter, view.size, (leaf) => {
        const key = this.#opened.keys.get(leaf) ?? '';
        const known = decided.get(key);
        if (known !== undefined) return known;
        const rows = this.#decide(key, view);
        decided.set(key, rows);
        return rows;
      });
      // thousands of leaves at once would take more memory than their batch
      for (const key of this.#ending.get(place) ?? []) decided.delete(key);
      return matching;
    });
  }

  #decide(key: string, view: BatchView): BitSet {
    const started = performance.now();
    try {
      const leaf = this.#leaves.get(key);
      if (leaf === undefined) throw new Error('it was not planned');
      return leaf.decide(view);
    } catch (error) {
      throw new LeafFailure([key], error);
    } finally {
      this.#costs.set(key, (this.#costs.get(key) ?? 0) + performance.now() - started);
    }
  }
}
