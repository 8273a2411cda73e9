import * as z from 'zod/mini';
import { decodeAst, type EventSet, leavesOf } from '../../filter/index.ts';
import type { FilterAst, Predicate } from '../../filter/ast.ts';
import type { TriggerRow } from '../../store/index.ts';
import { EXIT, UserError } from '../../support/errors.ts';
import { shellQuoted } from '../../support/shell-quote.ts';

/**
 * When a trigger fires: for each event of a set, when a contact comes to have so many points, or
 * joins or leaves a segment.
 */
export type When =
  | { readonly kind: 'event'; readonly filter: string }
  | { readonly kind: 'points'; readonly points: number }
  | { readonly kind: 'joins' | 'leaves'; readonly segment: number };

/** What a trigger does, and when. Segments are named by their ids, so that renaming breaks none. */
export interface TriggerDefinition {
  readonly when: When;
  /** Segments that contacts are added to, and removed from. */
  readonly add: readonly number[];
  readonly remove: readonly number[];
  /** The channel whose rights it has, beside those of a trigger. */
  readonly via: string | null;
  readonly reason: string | null;
}

export interface Trigger extends TriggerRow {
  readonly does: TriggerDefinition;
}

const ids = z.array(z.int());
const STORED = z.object({
  when: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('event'), filter: z.string() }),
    z.object({ kind: z.literal('points'), points: z.number() }),
    z.object({ kind: z.enum(['joins', 'leaves']), segment: z.int() }),
  ]),
  add: ids,
  remove: ids,
  via: z.nullable(z.string()),
  reason: z.nullable(z.string()),
});

/** Keyed by row, because a store returns the same row objects while nothing changes. */
const known = new WeakMap<TriggerRow, Trigger>();

/** `UserError` (1) for a definition that rollcall has not written. */
export function readTrigger(row: TriggerRow): Trigger {
  const read = known.get(row) ?? { ...row, does: decode(row) };
  known.set(row, read);
  return read;
}

/** Those of the rows whose definitions can be read. */
export function readableTriggers(rows: readonly TriggerRow[]): Trigger[] {
  return rows.flatMap((row) => {
    try {
      return readTrigger(row);
    } catch (error) {
      if (error instanceof UserError) return [];
      throw error;
    }
  });
}

function decode({ name, definition }: TriggerRow): TriggerDefinition {
  const read = STORED.safeParse(parsed(definition));
  if (read.success && (read.data.when.kind !== 'event' || isOfEvents(read.data.when.filter)))
    return read.data;
  throw new UserError(
    'BAD_TRIGGER',
    EXIT.refused,
    `the definition of trigger ${name} cannot be read`,
    { hint: `delete it, then make it anew: rollcall triggers:delete ${shellQuoted(name)}` },
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function isOfEvents(filter: string): boolean {
  return eventsIn(decodeAst(filter)) !== undefined;
}

/** The events of a filter that says nothing but that there is one of them, at any time. */
export function eventsIn(ast: FilterAst): EventSet | undefined {
  if (ast.kind !== 'test' || ast.operand.kind !== 'aggregate') return undefined;
  const { of, events } = ast.operand;
  const isDid = of === 'count' && ast.test.kind === 'atLeast' && ast.test.number === 1;
  return isDid && leavesOf<Predicate>(ast).length === 1 ? events : undefined;
}

/** All segments that a trigger names. */
export function segmentsNamedBy({ when, add, remove }: TriggerDefinition): readonly number[] {
  const watched = when.kind === 'joins' || when.kind === 'leaves' ? [when.segment] : [];
  return [...new Set([...watched, ...add, ...remove])];
}
