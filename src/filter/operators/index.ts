import type { DateTest, Test, Window } from '../ast.ts';
import type { OperandType } from '../problem/problem.ts';
import { prepareAnniversary } from './anniversary.ts';
import { BOOLEAN_OPERATORS } from './boolean.ts';
import { DATE_OPERATORS } from './date.ts';
import { EMPTY_OPERATORS } from './empty.ts';
import { NUMBER_OPERATORS } from './number.ts';
import type { Operator, ValueContext, ValueTest } from './operator.ts';
import { SET_OPERATORS } from './set.ts';
import { TEXT_OPERATORS } from './text.ts';

/** One record for each kind of test: a new kind does not compile until it has one. */
const OPERATORS: {
  readonly [Kind in Test['kind']]: Operator<Extract<Test, { readonly kind: Kind }>>;
} = {
  ...TEXT_OPERATORS,
  ...NUMBER_OPERATORS,
  ...BOOLEAN_OPERATORS,
  ...DATE_OPERATORS,
  ...SET_OPERATORS,
  ...EMPTY_OPERATORS,
};

export const ALL_OPERATORS: readonly Operator[] = Object.values(
  OPERATORS,
) as unknown as readonly Operator[];

/** The record of a test. */
export function operatorOf(test: Test): Operator {
  return OPERATORS[test.kind] as unknown as Operator;
}

/** The test of an operand, for many values. */
export function prepareTest(test: Test, context: ValueContext): ValueTest {
  return context.type === 'anniversary'
    ? prepareAnniversary(test, context)
    : operatorOf(test).prepare(test, context);
}

/** Whether one value passes the test. */
export function holds(value: unknown, test: Test, context: ValueContext): boolean {
  return prepareTest(test, context)(value);
}

/** The operator that a word means for an operand of the type. */
export function findOperator(word: string, type: OperandType): Operator | undefined {
  return ALL_OPERATORS.find(
    (operator) => operator.types.includes(type) && operator.words.includes(word),
  );
}

/**
 * The words that an operand of this type can be tested with; of the negated forms only `!=` and
 * `has none`.
 */
export function operatorWords(type: OperandType): string[] {
  return ALL_OPERATORS.filter((operator) => operator.types.includes(type)).flatMap((operator) =>
    operator.negated === '!=' || operator.negated === 'has none'
      ? [...operator.words, operator.negated]
      : operator.words,
  );
}

/** A window in canonical text; `>=` becomes `since`. */
export function printWindow(window: Window): string {
  const { words, print } = operatorOf(window);
  return `${window.kind === 'since' ? 'since' : words[0]} ${print(window)}`;
}

export function isDateTest(test: Test): test is DateTest {
  return Object.hasOwn(DATE_OPERATORS, test.kind);
}

/** The type as which a test reads a property: the check chose the operator by its literals. */
export function propertyKind(test: Test): 'text' | 'number' | 'date' {
  if (isDateTest(test)) return 'date';
  return Object.hasOwn(NUMBER_OPERATORS, test.kind) ? 'number' : 'text';
}
