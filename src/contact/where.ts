import { compileFilter, type FilterText } from '../filter/index.ts';
import type { Condition } from '../sql/condition.ts';
import type { ReadTx } from '../store/index.ts';
import { readStoreFilter, type StoreFilter } from './checked-filter.ts';
import { searchFilter, type SearchNames } from './search.ts';
import { timeContext } from './time-context.ts';

/** A filter's text as a condition that finds contacts, and warnings for its author. */
export interface ContactCondition {
  readonly where: Condition;
  readonly warnings: readonly string[];
}

/** Compiles a filter as of `now` (epoch ms). `UserError` (2) when it does not parse or check. */
export async function readCondition(
  tx: ReadTx,
  text: FilterText,
  now: number,
): Promise<ContactCondition> {
  return compile(tx, await readStoreFilter(tx, text), now);
}

/**
 * Like `readCondition`, for a filter and a search box's text. Either may be missing; undefined if
 * both are.
 */
export async function readConditions(
  tx: ReadTx,
  selection: ContactSelection,
  now: number,
): Promise<ContactCondition | undefined> {
  const filter = await readSelection(tx, selection);
  return filter === undefined ? undefined : compile(tx, filter, now);
}

/** The one filter that a filter and a search come to; undefined where neither says anything. */
export async function readSelection(
  tx: ReadTx,
  { where, search }: ContactSelection,
): Promise<StoreFilter | undefined> {
  const asked = where === undefined ? [] : [await readStoreFilter(tx, where)];
  const sought = search === undefined ? undefined : searchFilter(search, await searchNames(tx));
  // a search is not stored, so it may name unpublished segments
  if (sought !== undefined) asked.push(await readStoreFilter(tx, sought, { unpublished: 'allow' }));
  const [first, second] = asked;
  return first === undefined || second === undefined ? first : both(first, second);
}

async function searchNames(tx: ReadTx): Promise<SearchNames> {
  return { segments: await tx.segments.list(), tags: await tx.contacts.tagNames() };
}

export interface ContactSelection {
  /** Text of the filter language. */
  readonly where?: FilterText | undefined;
  /** See `search.ts`. */
  readonly search?: string | undefined;
}

function both(a: StoreFilter, b: StoreFilter): StoreFilter {
  return {
    ...a,
    ast: { kind: 'and', filters: [a.ast, b.ast] },
    warnings: [...a.warnings, ...b.warnings],
  };
}

async function compile(
  tx: ReadTx,
  { ast, warnings, catalogue }: StoreFilter,
  now: number,
): Promise<ContactCondition> {
  const time = await timeContext(tx, now);
  return {
    where: compileFilter(ast, { dialect: tx.dialect, shape: 'scan', time, catalogue }),
    warnings,
  };
}
