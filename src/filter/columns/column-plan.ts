/** Plans how filters are decided by columns. */
import type { SQL } from 'drizzle-orm';
import type { ColumnTables, ColumnsWanted, WantedPart } from '../../sql/columns.ts';
import type { Dialect } from '../../sql/dialect.ts';
import type { FilterAst, Predicate } from '../ast.ts';
import type { Catalogue, TimeContext } from '../catalogue.ts';
import { compileFilter } from '../compile/compile.ts';
import { leavesOf } from '../walk.ts';
import type { ColumnForm } from './batch-view.ts';
import { ColumnEvaluator } from './column-evaluator.ts';
import { columnForm, type NoForm } from './forms.ts';
import { leafKey } from './leaf-key.ts';
import { leavesAlone } from './sources.ts';
import { rowsOfValues } from './value-column.ts';
import { Wants } from './wants.ts';

export interface ColumnOptions {
  /** The dialect of the store that is asked: `tx.dialect`. */
  readonly dialect: Dialect;
  readonly catalogue: Catalogue;
  readonly time: TimeContext;
  /** Keys of leaves that are to go by SQL, because they failed before. */
  readonly bySql?: ReadonlySet<string>;
  /** How leaves go that share what they read with no other; by default as is faster. */
  readonly alone?: 'columns' | 'faster';
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
  { readonly kind: 'columns' } | { readonly kind: 'sql'; readonly because: BySql };

/** `alone`: no other leaf reads the same, and SQL is faster. `failed`: it is in `bySql`. */
export type BySql = NoForm | 'alone' | 'failed';

export interface ColumnPlan {
  readonly wanted: ColumnsWanted;
  /** In the order of the filters. */
  readonly leaves: readonly PlannedLeaf[];
  /** The keys of the leaves that cannot be decided without one of these parts. */
  readonly readersOf: (parts: readonly WantedPart[]) => readonly string[];
  /** Begins to evaluate, with what was read whole. */
  readonly open: (tables: ColumnTables) => ColumnEvaluator;
}

/**
 * How filters are decided for all contacts by columns: each leaf by columns that are read once, or,
 * where it has no such form, by its SQL, whose answers arrive as a column too. The members are those
 * of the filters' SQL. `FilterError` when a field or segment of a filter no longer exists.
 */
export function planColumns(filters: readonly FilterAst[], options: ColumnOptions): ColumnPlan {
  const context = { ...options, wants: new Wants() };
  const { keys, found } = leavesIn(filters, context);
  const leaves = waysOf(found, context);
  const wholes = wholesOf(filters, leaves, keys, context);
  const forms = formsOf(leaves, new Set(wholes.keys()), context);
  return {
    wanted: context.wants.wanted,
    leaves: leaves.map(({ key, leaf, filters: users, way }) => ({
      key,
      leaf,
      filters: users,
      way,
    })),
    readersOf: (parts) => context.wants.readersOf(parts),
    open: (tables) =>
      new ColumnEvaluator({
        filters,
        keys,
        wholes: new Map([...wholes].map(([place, form]) => [place, form(tables)])),
        tables,
        leaves: forms.map(({ key, form, last }) => ({ key, decide: form(tables), last })),
      }),
  };
}

type Context = ColumnOptions & { readonly wants: Wants };
type FoundLeaf = Omit<PlannedLeaf, 'way'>;
/** With its column form, if it goes by columns. */
type LeafWithWay = PlannedLeaf & { readonly form: ColumnForm | undefined };

/** The leaves by meaning, and the key of each where it stands. */
function leavesIn(
  filters: readonly FilterAst[],
  context: Context,
): { readonly keys: ReadonlyMap<Predicate, string>; readonly found: readonly FoundLeaf[] } {
  const keys = new Map<Predicate, string>();
  const found = new Map<string, { readonly leaf: Predicate; readonly filters: Set<number> }>();
  for (const [place, filter] of filters.entries()) {
    for (const leaf of leavesOf<Predicate>(filter)) {
      const key = leafKey(leaf, context);
      keys.set(leaf, key);
      if (!found.has(key)) found.set(key, { leaf, filters: new Set() });
      found.get(key)?.filters.add(place);
    }
  }
  return {
    keys,
    found: [...found].map(([key, { leaf, filters: users }]) => ({
      key,
      leaf,
      filters: [...users],
    })),
  };
}

function waysOf(found: readonly FoundLeaf[], context: Context): LeafWithWay[] {
  const alone =
    context.alone === 'columns'
      ? new Set<string>()
      : leavesAlone(new Map(found.map(({ key, leaf }) => [key, leaf])), context.catalogue);
  return found.map((one) => {
    const form = formOrWhyNot(one, alone, context);
    return typeof form === 'string'
      ? { ...one, way: { kind: 'sql', because: form }, form: undefined }
      : { ...one, way: { kind: 'columns' }, form };
  });
}

function formOrWhyNot(
  { key, leaf }: FoundLeaf,
  alone: ReadonlySet<string>,
  context: Context,
): ColumnForm | BySql {
  if (context.bySql?.has(key) === true) return 'failed';
  if (alone.has(key)) return 'alone';
  return context.wants.askFor(key, () => columnForm(leaf, context));
}

/** By their places, the filters of which no leaf goes by columns: SQL decides each as one. */
function wholesOf(
  filters: readonly FilterAst[],
  leaves: readonly LeafWithWay[],
  keys: ReadonlyMap<Predicate, string>,
  context: Context,
): ReadonlyMap<number, ColumnForm> {
  const byColumns = new Set(
    leaves.flatMap(({ way, filters: users }) => (way.kind === 'columns' ? users : [])),
  );
  return new Map(
    filters.flatMap((filter, place): [number, ColumnForm][] => {
      if (byColumns.has(place) || leavesOf<Predicate>(filter).length === 0) return [];
      const key = keys.get(filter as Predicate) ?? `filter ${place}`;
      return [[place, sqlForm(key, filter, context)]];
    }),
  );
}

/** Of the leaves that are decided by themselves, because another leaf of a filter is. */
function formsOf(
  leaves: readonly LeafWithWay[],
  wholes: ReadonlySet<number>,
  context: Context,
): { readonly key: string; readonly form: ColumnForm; readonly last: number }[] {
  return leaves.flatMap(({ key, leaf, filters, form }) => {
    const users = filters.filter((place) => !wholes.has(place));
    const [last] = users.slice(-1);
    return last === undefined ? [] : [{ key, form: form ?? sqlForm(key, leaf, context), last }];
  });
}

/** The answers of SQL, 0 or 1, as a column of their own. */
function sqlForm(key: string, filter: FilterAst, { wants, ...options }: Context): ColumnForm {
  const place = wants.contactCondition(key, (): SQL =>
    compileFilter(filter, { ...options, shape: 'scan' }),
  );
  // rule: column-sql
  return () => (view) => rowsOfValues(view.contacts(place).values, (answer) => answer === 1);
}
