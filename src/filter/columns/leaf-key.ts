/** What a leaf means at one time, as a text: two that mean the same are decided once. */
import { fold } from '../../support/fold.ts';
import type { Combined, EventSet, EventTest, Operand, Predicate, Test } from '../ast.ts';
import type { Catalogue, TimeContext } from '../catalogue.ts';
import { assertNever } from '../../support/errors.ts';
import { resolveRange, type Grain } from '../moments.ts';
import { isDateTest } from '../operators/index.ts';
import { getField } from '../references.ts';
import { visit } from '../walk.ts';

export interface KeyContext {
  readonly catalogue: Catalogue;
  readonly time: TimeContext;
}

/** Plain JSON. */
type Meaning = string | number | boolean | null | readonly Meaning[];

/** `FilterError` when a field no longer exists. */
export function leafKey(leaf: Predicate, context: KeyContext): string {
  return JSON.stringify(meaningOf(leaf, context));
}

function meaningOf(leaf: Predicate, context: KeyContext): Meaning {
  switch (leaf.kind) {
    case 'test':
      return [
        ...operandMeaning(leaf.operand, context),
        testMeaning(leaf.test, grainOf(leaf.operand, context), context),
      ];
    case 'inSegment':
      return [leaf.kind, leaf.segment];
    case 'joinedSegment':
      return [leaf.kind, leaf.segment, testMeaning(leaf.window, 'instant', context)];
    case 'suppressed':
      return [leaf.kind, foldName(leaf.channel), foldName(leaf.reason)];
    default:
      return assertNever(leaf);
  }
}

function foldName(name: string | null): string | null {
  return name === null ? null : fold(name);
}

function grainOf(operand: Operand, { catalogue }: KeyContext): Grain {
  if (operand.kind === 'aggregate') return 'instant';
  const isInstant =
    operand.kind === 'field' && getField(catalogue, operand.field).type === 'datetime';
  return isInstant ? 'instant' : 'day';
}

function operandMeaning(operand: Operand, context: KeyContext): Meaning[] {
  switch (operand.kind) {
    case 'field':
    case 'anniversary':
      return [operand.kind, operand.field];
    case 'tags':
      return [operand.kind];
    case 'aggregate':
      return [operand.of, ...eventsMeaning(operand.events, context)];
    default:
      return assertNever(operand);
  }
}

function eventsMeaning({ type, where, window }: EventSet, context: KeyContext): Meaning[] {
  return [
    fold(type),
    where === null ? null : whereMeaning(where, context),
    window === null ? null : testMeaning(window, 'instant', context),
  ];
}

function whereMeaning(where: Combined<EventTest>, context: KeyContext): Meaning {
  return visit<EventTest, Meaning>(where, {
    joint: ({ kind, filters }) => [kind, ...filters.map((inner) => whereMeaning(inner, context))],
    not: (inner) => ['not', whereMeaning(inner, context)],
    constant: (value) => value,
    leaf: ({ operand, test }) => [
      operand.kind === 'property' ? ['property', operand.name] : operand.kind,
      testMeaning(test, operand.kind === 'occurredAt' ? 'instant' : 'day', context),
    ],
  });
}

/** Dates by the range that they are now, lists without regard to order, texts without case. */
function testMeaning(test: Test, grain: Grain, { time }: KeyContext): Meaning {
  if (isDateTest(test)) {
    const { from, until } = resolveRange(test, grain, time);
    // rule: column-key-dates
    return ['within', grain, from, until];
  }
  switch (test.kind) {
    case 'textIn':
    case 'hasAny':
    case 'hasAll':
      return [test.kind, ...new Set(test.texts.map(fold).sort())];
    case 'numberIn':
      return [test.kind, ...new Set(test.numbers.toSorted((a, b) => a - b))];
    case 'textEquals':
    case 'contains':
    case 'startsWith':
    case 'endsWith':
      return [test.kind, fold(test.text)];
    case 'like':
      return [test.kind, fold(test.pattern)];
    case 'matches':
      return [test.kind, test.pattern];
    case 'numberBetween':
      return [test.kind, test.low, test.high];
    case 'booleanEquals':
      return [test.kind, test.value];
    case 'empty':
      return [test.kind];
    default:
      return [test.kind, test.number];
  }
}
