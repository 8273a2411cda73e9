import type { Catalogue } from './catalogue.ts';
export function translateCondition(_condition: { readonly field: string; readonly operator: string; readonly values: readonly string[] }, _catalogue: Catalogue): string {
  throw new Error('not written yet');
}
