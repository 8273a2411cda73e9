import { oddNamesOf } from '../contact/odd-names.ts';
import { decodeAst, type FilterAst } from '../filter/index.ts';
import type { ReadTx } from '../store/index.ts';
import { UserError } from '../support/errors.ts';

/**
 * What the filters of these segments name that no contact has. One that cannot be read has its own
 * error elsewhere.
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
