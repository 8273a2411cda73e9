import { loadCatalogue } from '../contact/fields.ts';
import { compileFilter, type FilterText, printFilter, readFilter } from '../filter/index.ts';
import type { ReadTx } from '../store/index.ts';
import { timeContext } from '../contact/time-context.ts';

/** How many contacts a filter matches, of how many there are; `filter` is its canonical text. */
export interface Preview {
  readonly matching: number;
  readonly contacts: number;
  readonly filter: string;
  readonly warnings: readonly string[];
}

/** Tries a filter without saving anything. `UserError` (2) for a filter that does not parse or check. */
export async function previewFilter(tx: ReadTx, where: FilterText, now: number): Promise<Preview> {
  const catalogue = await loadCatalogue(tx);
  const { ast, warnings } = readFilter(where, catalogue);
  const condition = compileFilter(ast, { shape: 'scan', time: await timeContext(tx, now), catalogue });
  return {
    matching: await tx.contacts.count({ where: condition }),
    contacts: await tx.contacts.count({}),
    filter: printFilter(ast, catalogue),
    warnings,
  };
}
