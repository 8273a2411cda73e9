/**
 * What a contact has of the things that a condition asks about, and what its dates mean at this
 * clock.
 */
import { assertNever } from '../../support/errors.ts';
import { fold } from '../../support/fold.ts';
import type { EventSet, Operand, Predicate } from '../ast.ts';
import type { FieldType } from '../catalogue.ts';
import type { ContactRow, EventRow } from '../contact-row.ts';
import { resolveMoments } from '../crossings.ts';
import { dependencies } from '../dependencies.ts';
import { type EvaluateContext, operandValue, selectEvents } from './evaluate.ts';
import type { DateRange } from '../moments.ts';
import { operatorOf } from '../operators/index.ts';
import { getField } from '../references.ts';

/**
 * A date of the condition as written, and the half-open range of days or instants (epoch ms) that
 * it means.
 */
export interface ResolvedDate {
  readonly text: string;
  readonly range: DateRange;
}

export interface Evidence {
  readonly found: Found;
  /** In the order of the text. */
  readonly dates: readonly ResolvedDate[];
}

/** What was found for the contact. Values are as stored. */
export type Found =
  | {
      readonly kind: 'field';
      readonly type: FieldType;
      readonly value: unknown;
      readonly object: 'contact' | 'company';
      /** It has a company. */ readonly hasCompany: boolean;
    }
  | { readonly kind: 'tags'; readonly names: readonly string[] }
  /** `value` is the figure, `matching` the number of events that it was computed from. */
  | {
      readonly kind: 'events';
      readonly type: 'number' | 'datetime';
      readonly value: number | null;
      readonly matching: number;
      readonly latest: EventRow | undefined;
    }
  | {
      readonly kind: 'membership';
      readonly segmentId: number;
      readonly since: number | null | undefined;
    }
  | { readonly kind: 'suppressions'; readonly rows: ContactRow['suppressions'] };

export function evidenceOf(
  predicate: Predicate,
  row: ContactRow,
  context: EvaluateContext,
): Evidence {
  const { moments } = dependencies(predicate, context.catalogue);
  const ranges = resolveMoments(moments, context.time);
  const dates = moments.flatMap(({ test }, index) => {
    const range = ranges[index]?.range;
    const { words, print } = operatorOf(test);
    return range === undefined ? [] : [{ text: `${words[0]} ${print(test)}`, range }];
  });
  return { found: foundOf(predicate, row, context), dates };
}

function foundOf(predicate: Predicate, row: ContactRow, context: EvaluateContext): Found {
  switch (predicate.kind) {
    case 'test':
      return operandFound(predicate.operand, row, context);
    case 'inSegment':
    case 'joinedSegment':
      return {
        kind: 'membership',
        segmentId: predicate.segment,
        since: row.memberships.find(({ segmentId }) => segmentId === predicate.segment)?.since,
      };
    case 'suppressed':
      return { kind: 'suppressions', rows: row.suppressions };
    default:
      return assertNever(predicate);
  }
}

function operandFound(operand: Operand, row: ContactRow, context: EvaluateContext): Found {
  switch (operand.kind) {
    case 'field':
    case 'anniversary': {
      const { object, type } = getField(context.catalogue, operand.field);
      return {
        kind: 'field',
        type,
        value: operandValue(operand, row, context).value,
        object,
        hasCompany: row.company !== undefined,
      };
    }
    case 'tags':
      return { kind: 'tags', names: row.tags };
    case 'aggregate': {
      const events = selectEvents(operand.events, row, context);
      const { value, type } = operandValue(operand, row, context);
      return {
        kind: 'events',
        type: type === 'datetime' ? type : 'number',
        value: typeof value === 'number' ? value : null,
        matching: events.length,
        latest: latestOf(events),
      };
    }
    default:
      return assertNever(operand);
  }
}

function latestOf(events: readonly EventRow[]): EventRow | undefined {
  return events.reduce<EventRow | undefined>(
    (latest, event) =>
      latest === undefined || event.occurredAt >= latest.occurredAt ? event : latest,
    undefined,
  );
}

/**
 * Which events of one type a filter reads: from the earliest bound of its windows to the latest
 * (epoch ms); null is unbounded.
 */
export interface EventsRead {
  readonly type: string;
  readonly from: number | null;
  readonly until: number | null;
}

/** The events that explaining the filter needs, one entry for each type. */
export function eventsRead(leaves: readonly Predicate[], context: EvaluateContext): EventsRead[] {
  const sets = leaves.flatMap((leaf) =>
    leaf.kind === 'test' && leaf.operand.kind === 'aggregate' ? [leaf.operand.events] : [],
  );
  const read = new Map<string, EventsRead>();
  for (const set of sets) {
    const known = read.get(fold(set.type));
    const bounds = boundsOf(set, context);
    read.set(
      fold(set.type),
      known === undefined
        ? { type: set.type, ...bounds }
        : {
            type: known.type,
            from: outer(known.from, bounds.from, Math.min),
            until: outer(known.until, bounds.until, Math.max),
          },
    );
  }
  return [...read.values()];
}

function boundsOf(
  { type, window }: EventSet,
  { time }: EvaluateContext,
): { readonly from: number | null; readonly until: number | null } {
  const [bound] =
    window === null
      ? []
      : resolveMoments([{ place: { kind: 'events', eventType: type }, test: window }], time);
  return bound?.range.grain === 'instant'
    ? { from: bound.range.from, until: bound.range.until }
    : { from: null, until: null };
}

function outer(
  a: number | null,
  b: number | null,
  choose: (a: number, b: number) => number,
): number | null {
  return a === null || b === null ? null : choose(a, b);
}
