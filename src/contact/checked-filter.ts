import {
  type Catalogue,
  type CheckedFilter,
  type CheckOptions,
  type FilterAst,
  type FilterText,
  readFilter,
  recheckAst,
} from '../filter/index.ts';
import type { ReadTx } from '../store/index.ts';
import { loadCatalogue } from './fields.ts';
import { oddNamesOf, type OfStandardTypes } from './odd-names.ts';

export interface StoreFilter extends CheckedFilter {
  readonly catalogue: Catalogue;
}

interface ReadOptions extends CheckOptions {
  readonly ofStandardTypes?: OfStandardTypes;
}

/**
 * Reads a filter with the store's catalogue, and warns of tags, event types, channels and reasons
 * that no contact has. `UserError` (2) as `readFilter`.
 */
export async function readStoreFilter(
  tx: ReadTx,
  text: FilterText,
  options: ReadOptions = {},
): Promise<StoreFilter> {
  const { ofStandardTypes = 'keep quiet', ...check } = options;
  const catalogue = await loadCatalogue(tx);
  const { ast, warnings } = readFilter(text, catalogue, check);
  return {
    ast,
    catalogue,
    warnings: [...warnings, ...(await oddNamesOf(tx, ofStandardTypes)(ast))],
  };
}

/**
 * Checks a stored filter against the store of today. `FilterError` (2) for what broke since it was
 * stored.
 */
export async function recheckStoreFilter(
  tx: ReadTx,
  ast: FilterAst,
  options: CheckOptions = {},
): Promise<CheckedFilter> {
  return recheckAst(ast, await loadCatalogue(tx), options);
}
