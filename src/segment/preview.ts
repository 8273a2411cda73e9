import { expectChannel } from '../contact/channels.ts';
import { readStoreFilter } from '../contact/checked-filter.ts';
import { getField } from '../contact/fields.ts';
import { timeContext } from '../contact/time-context.ts';
import {
  type Catalogue,
  compileFilter,
  type FilterAst,
  type FilterText,
  printFilter,
  type TimeContext,
} from '../filter/index.ts';
import { BY_ADDRESS, type Reach, type ReadTx, type ShellScript } from '../store/index.ts';
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
  readonly reach: ReachInChannel | null;
  /**
   * Names in the filter that do not exist yet, and segments that it refers to whose members are not
   * of this moment.
   */
  readonly warnings: readonly string[];
}

/** How many of those whom a filter matches can be reached in a channel, and why not the others. */
export interface ReachInChannel extends Reach {
  readonly channel: string;
}

export interface PreviewRequest {
  readonly now: number;
  readonly sample: number;
  /** A channel, to say how many can be reached in it. */
  readonly reachable?: string | undefined;
}

/**
 * Tries a filter without saving anything. `sample` is how many contacts to return as examples.
 * `UserError` (2) for a filter that does not parse or check, and for a text that
 * cannot be a channel.
 */
export async function previewFilter(
  tx: ReadTx,
  where: FilterText,
  { now, sample, reachable }: PreviewRequest,
): Promise<Preview> {
  const started = performance.now();
  const channel = reachable === undefined ? undefined : expectChannel(reachable);
  const { ast, catalogue, time, ...read } = await readForPreview(tx, where, now);
  const funnel = await countFunnel(tx, ast, { catalogue, time });
  const sampled = await sampleContacts(tx, ast, {
    where: compileFilter(ast, { dialect: tx.dialect, shape: 'scan', time, catalogue }),
    catalogue,
    limit: sample,
  });
  const reach =
    channel === undefined ? null : await countReach(tx, { ast, catalogue, time }, channel);
  return {
    ...funnel,
    ...read,
    reach,
    sample: sampled,
    ms: Math.round(performance.now() - started),
  };
}

/** In one pass, which asks no further of those who drop out. */
async function countReach(
  tx: ReadTx,
  { ast, catalogue, time }: Pick<Read, 'ast' | 'catalogue' | 'time'>,
  channel: string,
): Promise<ReachInChannel> {
  const conditions: FilterAst[] = [ast, not({ kind: 'suppressed', channel, reason: null })];
  if (channel === BY_ADDRESS) conditions.push(await hasAddress(tx));
  const [matching = 0, unsuppressed = 0, reachable = unsuppressed] = await tx.contacts.countLeft(
    conditions.map((condition) =>
      compileFilter(condition, { dialect: tx.dialect, shape: 'scan', time, catalogue }),
    ),
  );
  return {
    channel,
    suppressed: matching - unsuppressed,
    withoutAddress: unsuppressed - reachable,
    reachable,
  };
}

async function hasAddress(tx: ReadTx): Promise<FilterAst> {
  const { id } = getField(await tx.fields.list(), 'contact', BY_ADDRESS);
  return not({ kind: 'test', operand: { kind: 'field', field: id }, test: { kind: 'empty' } });
}

function not(filter: FilterAst): FilterAst {
  return { kind: 'not', filter };
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
