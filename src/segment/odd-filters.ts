import { oddNamesOf } from '../contact/odd-names.ts';
import { decodeAst, type FilterAst } from '../filter/index.ts';
import type { ReadTx } from '../store/index.ts';
import { UserError } from '../support/errors.ts';

/**
 * Warnings about names in the filters of these segments that no contact has. A filter that cannot
 * be read is skipped: its error is reported elsewhere.
 */
export async function oddNamesOfSegments(tx: ReadTx, ids: readonly number[]): Promise<string[]> {
  const oddNames = oddNamesOf(tx, 'tell');
  const asked = new Set(ids);
  const warnings: string[] = [];
  for (const { id, alias, filter } of await tx.segments.list()) {
    const ast = filter === null || !asked.has(id) ? undefined : readable(filter);
    if (ast !== undefined)
      warnings.push(...(await oddNames(ast)).map((warning) => `segment ${alias}: ${warning}`));
  }
  return warnings;
}

function readable(filter: string): FilterAst | undefined {
  try {
    return decodeAst(filter);
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}
