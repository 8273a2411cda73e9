import { type Catalogue, type CheckedFilter, compileFilter, type FilterText, readFilter } from '../filter/index.ts';
import type { Condition, ReadTx } from '../store/index.ts';
import { loadCatalogue } from './fields.ts';
import { searchFilter } from './search.ts';
import { timeContext } from './time-context.ts';

/** A filter's text as a condition that finds contacts, and what its author should know of it. */
export interface ContactCondition {
  readonly where: Condition;
  readonly warnings: readonly string[];
}

/** Compiles a filter as of `now` (epoch ms). `UserError` (2) when it does not parse or check. */
export async function readCondition(tx: ReadTx, text: FilterText, now: number): Promise<ContactCondition> {
  const catalogue = await loadCatalogue(tx, { tags: true });
  return compile(tx, readFilter(text, catalogue), catalogue, now);
}

/** As `readCondition`, for a filter and a search box's text, of which either may be missing. Undefined without both. */
export async function readConditions(tx: ReadTx, { where, search }: ContactSelection, now: number): Promise<ContactCondition | undefined> {
  const catalogue = await loadCatalogue(tx, { tags: true });
  const asked = where === undefined ? [] : [readFilter(where, catalogue)];
  const sought = search === undefined ? undefined : searchFilter(search, { segments: catalogue.segments, tags: catalogue.tags ?? [] });
  if (sought !== undefined) asked.push(readFilter(sought, catalogue, { unpublished: 'allow' })); // a search is no definition
  const [first, second] = asked;
  if (first === undefined) return undefined;
  return compile(tx, second === undefined ? first : both(first, second), catalogue, now);
}

export interface ContactSelection {
  /** Text of the filter language. */
  readonly where?: FilterText | undefined;
  /** See `search.ts`. */
  readonly search?: string | undefined;
}

function both(a: CheckedFilter, b: CheckedFilter): CheckedFilter {
  return { ast: { kind: 'and', filters: [a.ast, b.ast] }, warnings: [...a.warnings, ...b.warnings] };
}

async function compile(tx: ReadTx, { ast, warnings }: CheckedFilter, catalogue: Catalogue, now: number): Promise<ContactCondition> {
  return { where: compileFilter(ast, { shape: 'scan', time: await timeContext(tx, now), catalogue }), warnings };
}
