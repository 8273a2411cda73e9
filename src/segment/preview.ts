import { readStoreFilter } from '../contact/checked-filter.ts';
import { timeContext } from '../contact/time-context.ts';
import {
  type Catalogue,
  compileFilter,
  type FilterAst,
  type FilterText,
  printFilter,
  type TimeContext,
} from '../filter/index.ts';
import type { ReadTx, ShellScript } from '../store/index.ts';
import { countFunnel, type Funnel } from './funnel.ts';
import { type Sample, sampleContacts } from './sample.ts';
import { stalenessOf } from './staleness.ts';

/**
 * What a filter would find; `filter` is its canonical text, `ms` how long counting and sampling
 * took.
 */
export interface Preview extends Funnel {
  readonly filter: string;
  readonly sample: Sample;
  readonly ms: number;
  /**
   * Names in the filter that do not exist yet, and segments that it refers to whose members are not
   * of this moment.
   */
  readonly warnings: readonly string[];
}

/**
 * Tries a filter without saving anything. `sample` is how many contacts to return as examples.
 * `UserError` (2) for a filter that does not parse or check.
 */
export async function previewFilter(
  tx: ReadTx,
  where: FilterText,
  { now, sample }: { readonly now: number; readonly sample: number },
): Promise<Preview> {
  const started = performance.now();
  const { ast, catalogue, time, ...read } = await readForPreview(tx, where, now);
  const funnel = await countFunnel(tx, ast, { catalogue, time });
  const sampled = await sampleContacts(tx, ast, {
    where: compileFilter(ast, { dialect: tx.dialect, shape: 'scan', time, catalogue }),
    catalogue,
    limit: sample,
  });
  return { ...funnel, ...read, sample: sampled, ms: Math.round(performance.now() - started) };
}

/** A filter as a statement for the database's own shell. */
export interface PreviewScript extends ShellScript {
  readonly filter: string;
  readonly warnings: readonly string[];
}

/**
 * The statement that finds the contacts that the filter matches; undefined where the store has no
 * shell. `UserError` as `previewFilter`.
 */
export async function scriptOfFilter(
  tx: ReadTx,
  where: FilterText,
  now: number,
): Promise<PreviewScript | undefined> {
  const { ast, catalogue, time, ...read } = await readForPreview(tx, where, now);
  const condition = compileFilter(ast, { dialect: tx.dialect, shape: 'scan', time, catalogue });
  const script = await tx.contacts.shellScript?.(condition);
  return script === undefined ? undefined : { ...read, ...script };
}

interface Read {
  readonly ast: FilterAst;
  readonly catalogue: Catalogue;
  readonly time: TimeContext;
  readonly filter: string;
  readonly warnings: readonly string[];
}

async function readForPreview(tx: ReadTx, where: FilterText, now: number): Promise<Read> {
  const { ast, catalogue, warnings } = await readStoreFilter(tx, where, {
    ofStandardTypes: 'tell',
  });
  const time = await timeContext(tx, now);
  const stale = stalenessOf(ast, await tx.segments.list(), time);
  return {
    ast,
    catalogue,
    time,
    filter: printFilter(ast, catalogue),
    warnings: [...warnings, ...stale],
  };
}
