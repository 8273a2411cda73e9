import type { ColumnBatch, ColumnTables, ColumnsWanted } from '../../sql/columns.ts';
import type { Dialect } from '../../sql/dialect.ts';
import { BitSet } from '../../support/bit-set.ts';
import type { FilterAst } from '../ast.ts';
import type { Catalogue, TimeContext } from '../catalogue.ts';
import { compileFilter } from '../compile/compile.ts';
export class LeafFailure extends Error { readonly key = ''; }
export function planColumns(filters: readonly FilterAst[], options: { dialect: Dialect; catalogue: Catalogue; time: TimeContext; bySql?: ReadonlySet<string> }) {
  const wanted: ColumnsWanted = { contacts: filters.map((f) => compileFilter(f, { ...options, shape: 'scan' })), companies: [], tags: false, events: [], suppressions: false, members: [] };
  return { wanted, open: (_: ColumnTables) => ({ evaluate: (batch: ColumnBatch) => batch.contacts.map((column) => { const set = new BitSet(batch.ids.length); column.forEach((v, i) => { if (v === 1) set.add(i); }); return set; }) }) };
}
