/**
 * What a filter's answers depend on, so that an update looks only at contacts whose answer may have
 * changed.
 */
import { assertNever } from '../support/errors.ts';
import { fold } from '../support/fold.ts';
import type { DateTest, EventSet, EventTest, FilterAst, Operand, Predicate, Test } from './ast.ts';
import type { Catalogue } from './catalogue.ts';
import { isDateTest } from './operators/index.ts';
import { getField, referredSegments, usedFields } from './references.ts';
import { leavesOf } from './walk.ts';

/** Everything that can change the answer for a contact while the definition stays the same. */
export interface Dependencies {
  /** Ids of the contact's own fields that are read, ascending. */
  readonly profile: readonly number[];
  /** Whether a field of the contact's company is read. */
  readonly company: boolean;
  readonly tags: boolean;
  /** Whether suppressions are read. */
  readonly consent: boolean;
  /** Types of the events that are read, folded, ascending. */
  readonly eventTypes: readonly string[];
  /** Ids of the segments whose members are read, by `in segment` or `joined segment`. */
  readonly segments: readonly number[];
  /** Ids of all fields that are read. */
  readonly fields: readonly number[];
  /**
   * Every place where a date is compared, in the order of the text. Absolute dates are included,
   * because a change of zone moves them.
   */
  readonly moments: readonly Moment[];
}

export interface Moment {
  readonly place: Place;
  readonly test: DateTest;
}

/**
 * Where the compared dates are: in columns of days (text) or instants (epoch ms), in events by
 * type, in the start of memberships, or in properties of events. No index finds the last: when one
 * of their bounds moves, the answer may have changed for every contact.
 */
export type Place =
  | {
      readonly kind: 'field';
      readonly object: 'contact' | 'company';
      readonly field: number;
      readonly column: string;
      readonly grain: 'day' | 'instant';
    }
  | {
      readonly kind: 'anniversary';
      readonly object: 'contact' | 'company';
      readonly field: number;
      readonly column: string;
    }
  | { readonly kind: 'events'; readonly eventType: string }
  | { readonly kind: 'properties'; readonly eventType: string }
  | { readonly kind: 'memberships'; readonly segment: number };

/** `FilterError` when a field of the AST no longer exists. */
export function dependencies(ast: FilterAst, catalogue: Catalogue): Dependencies {
  const leaves = leavesOf<Predicate>(ast);
  const operands = leaves.flatMap((leaf) => (leaf.kind === 'test' ? [leaf.operand] : []));
  const events = operands.flatMap((operand) =>
    operand.kind === 'aggregate' ? [operand.events] : [],
  );
  const fields = usedFields(ast);
  const of = (object: 'contact' | 'company'): number[] =>
    fields.filter((id) => getField(catalogue, id).object === object);
  return {
    profile: of('contact'),
    company: of('company').length > 0,
    tags: operands.some((operand) => operand.kind === 'tags'),
    consent: leaves.some((leaf) => leaf.kind === 'suppressed'),
    eventTypes: [...new Set(events.map(({ type }) => fold(type)))].sort(),
    segments: referredSegments(ast),
    fields,
    moments: leaves.flatMap((leaf) => momentsOf(leaf, catalogue)),
  };
}

function momentsOf(predicate: Predicate, catalogue: Catalogue): Moment[] {
  switch (predicate.kind) {
    case 'test':
      return operandMoments(predicate.operand, predicate.test, catalogue);
    case 'joinedSegment':
      // rule: joined
      return [
        { place: { kind: 'memberships', segment: predicate.segment }, test: predicate.window },
      ];
    case 'inSegment':
    case 'suppressed':
      return [];
    default:
      return assertNever(predicate);
  }
}

function operandMoments(operand: Operand, test: Test, catalogue: Catalogue): Moment[] {
  switch (operand.kind) {
    case 'field': {
      const { id, object, column, type } = getField(catalogue, operand.field);
      return momentAt(
        {
          kind: 'field',
          object,
          field: id,
          column,
          grain: type === 'datetime' ? 'instant' : 'day',
        },
        test,
      );
    }
    case 'anniversary': {
      const { id, object, column } = getField(catalogue, operand.field);
      // rule: anniversaries
      return momentAt({ kind: 'anniversary', object, field: id, column }, test);
    }
    case 'tags':
      return [];
    case 'aggregate':
      // rule: first-last
      return [
        ...eventMoments(operand.events),
        ...momentAt({ kind: 'events', eventType: operand.events.type }, test),
      ];
    default:
      return assertNever(operand);
  }
}

/** The moments in the window and in the tests after `where`. */
function eventMoments({ type, where, window }: EventSet): Moment[] {
  // rule: windows
  const ofWindow = window === null ? [] : momentAt({ kind: 'events', eventType: type }, window);
  // rule: occurred-at
  const inside = where === null ? [] : leavesOf<EventTest>(where);
  return [
    ...ofWindow,
    ...inside.flatMap(({ operand, test }) =>
      momentAt(
        { kind: operand.kind === 'property' ? 'properties' : 'events', eventType: type },
        test,
      ),
    ),
  ];
}

function momentAt(place: Place, test: Test): Moment[] {
  // rule: absolute-dates
  return isDateTest(test) ? [{ place, test }] : [];
}
