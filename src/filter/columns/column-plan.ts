/** Plans how filters are decided by columns. */
import type { SQL } from 'drizzle-orm';
import type { ColumnTables, ColumnsWanted } from '../../sql/columns.ts';
import type { Dialect } from '../../sql/dialect.ts';
import type { FilterAst, Predicate } from '../ast.ts';
import type { Catalogue, TimeContext } from '../catalogue.ts';
import { compileFilter } from '../compile/compile.ts';
import { leavesOf } from '../walk.ts';
import type { ColumnForm } from './batch-view.ts';
import { ColumnEvaluator } from './column-evaluator.ts';
import { columnForm, type NoForm } from './forms.ts';
import { leafKey } from './leaf-key.ts';
import { rowsOfValues } from './value-column.ts';
import { Wants } from './wants.ts';

export interface ColumnOptions {
  /** The dialect of the store that is asked: `tx.dialect`. */
  readonly dialect: Dialect;
  readonly catalogue: Catalogue;
  readonly time: TimeContext;
  /** Keys of leaves that are to go by SQL, because they failed before. */
  readonly bySql?: ReadonlySet<string>;
}

/** A leaf of the filters; those of the same meaning are one. */
export interface PlannedLeaf {
  /** What it means, as long as the clock and the names stay. */
  readonly key: string;
  /** As it stands in the first of the filters. */
  readonly leaf: Predicate;
  /** By their place among the filters, ascending, each once. */
  readonly filters: readonly number[];
  readonly way: LeafWay;
}

export type LeafWay =
  { readonly kind: 'columns' } | { readonly kind: 'sql'; readonly because: NoForm | 'failed' };

export interface ColumnPlan {
  readonly wanted: ColumnsWanted;
  /** In the order of the filters. */
  readonly leaves: readonly PlannedLeaf[];
  /** Begins to evaluate, with what was read whole. */
  readonly open: (tables: ColumnTables) => ColumnEvaluator;
}

/**
 * How filters are decided for all contacts by columns: each leaf by columns that are read once, or,
 * where it has no such form, by its SQL, whose answers arrive as a column too. The members are those
 * of the filters' SQL. `FilterError` when a field or segment of a filter no longer exists.
 */
export function planColumns(filters: readonly FilterAst[], options: ColumnOptions): ColumnPlan {
  const keys = new Map<Predicate, string>();
  const found = new Map<string, { readonly leaf: Predicate; readonly filters: Set<number> }>();
  for (const [place, filter] of filters.entries()) {
    for (const leaf of leavesOf<Predicate>(filter)) {
      const key = leafKey(leaf, options);
      keys.set(leaf, key);
      if (!found.has(key)) found.set(key, { leaf, filters: new Set() });
      found.get(key)?.filters.add(place);
    }
  }
  const wants = new Wants();
  const planned = [...found].map(([key, { leaf, filters: users }]) => {
    const { way, form } = planLeaf(key, leaf, { ...options, wants });
    return { key, leaf, filters: [...users], way, form };
  });
  return {
    wanted: wants.wanted,
    leaves: planned.map(({ key, leaf, filters: users, way }) => ({
      key,
      leaf,
      filters: users,
      way,
    })),
    open: (tables) =>
      new ColumnEvaluator({
        filters,
        keys,
        tables,
        leaves: planned.map(({ key, form, filters: users }) => ({
          key,
          decide: form(tables),
          last: users.at(-1) ?? 0,
        })),
      }),
  };
}

function planLeaf(
  key: string,
  leaf: Predicate,
  options: ColumnOptions & { readonly wants: Wants },
): { readonly way: LeafWay; readonly form: ColumnForm } {
  const form = options.bySql?.has(key) === true ? 'failed' : columnForm(leaf, options);
  return typeof form === 'string'
    ? { way: { kind: 'sql', because: form }, form: sqlForm(key, leaf, options) }
    : { way: { kind: 'columns' }, form };
}

/** The answers of SQL, 0 or 1, as a column of their own. */
function sqlForm(
  key: string,
  leaf: Predicate,
  { wants, ...options }: ColumnOptions & { readonly wants: Wants },
): ColumnForm {
  const place = wants.contactCondition(key, (): SQL =>
    compileFilter(leaf, { ...options, shape: 'scan' }),
  );
  // rule: column-sql
  return () => (view) => rowsOfValues(view.contacts(place).values, (answer) => answer === 1);
}
