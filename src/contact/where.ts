import { type CheckOptions, compileFilter, readFilter } from '../filter/index.ts';
import type { Condition, ReadTx } from '../store/index.ts';
import { loadCatalogue } from './fields.ts';
import { timeContext } from './time-context.ts';

/** A filter's text as a condition that finds contacts, and what its author should know of it. */
export interface ContactCondition {
  readonly where: Condition;
  readonly warnings: readonly string[];
}

/** Compiles a filter as of `now` (epoch ms). `UserError` (2) when it does not parse or check. */
export async function readCondition(tx: ReadTx, text: string, now: number, options?: CheckOptions): Promise<ContactCondition> {
  const catalogue = await loadCatalogue(tx, { tags: true });
  const { ast, warnings } = readFilter(text, catalogue, options);
  return { where: compileFilter(ast, { shape: 'scan', time: await timeContext(tx, now), catalogue }), warnings };
}
