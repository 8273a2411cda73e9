import { sql, type SQL } from 'drizzle-orm';
import { numberText } from '../../support/exact-number.ts';
import type { NumberTest, Test } from '../ast.ts';
import type { OperandType } from '../problem/problem.ts';
import { presume, type Operator, type SqlContext } from './operator.ts';

const TYPES: readonly OperandType[] = ['number'];

type NumberOperators = {
  readonly [Kind in NumberTest['kind']]: Operator<Extract<NumberTest, { readonly kind: Kind }>>;
};

export const NUMBER_OPERATORS: NumberOperators = {
  numberEquals: {
    kind: 'numberEquals',
    words: ['='],
    negated: '!=',
    types: TYPES,
    read: (parsed, reader) => ({
      kind: 'numberEquals',
      number: reader.number(presume(parsed, 'value').value),
    }),
    print: ({ number }) => numberText(number),
    // rule: operator-number-equals
    sql: (value, { number }, { dialect }) => dialect.same(value, number),
    // rule: memory-numberEquals
    prepare:
      ({ number }) =>
      (value) =>
        value === number,
    example: 'points = 50',
    doc:
      'the same number; numbers are IEEE doubles, and one with more digits than these keep is ' +
      'refused (a text field keeps such)',
  },
  below: {
    kind: 'below',
    words: ['<'],
    negated: undefined,
    types: TYPES,
    read: (parsed, reader) => ({
      kind: 'below',
      number: reader.number(presume(parsed, 'value').value),
    }),
    print: ({ number }) => numberText(number),
    // rule: operator-below
    sql: (value, { number }, context) => known(value, sql`${value} < ${number}`, context),
    // rule: memory-below
    prepare:
      ({ number }) =>
      (value) =>
        typeof value === 'number' && value < number,
    example: 'points < 50',
    doc: 'a smaller number; a missing one is neither smaller nor larger',
  },
  atMost: {
    kind: 'atMost',
    words: ['<='],
    negated: undefined,
    types: TYPES,
    read: (parsed, reader) => ({
      kind: 'atMost',
      number: reader.number(presume(parsed, 'value').value),
    }),
    print: ({ number }) => numberText(number),
    // rule: operator-at-most
    sql: (value, { number }, context) => known(value, sql`${value} <= ${number}`, context),
    // rule: memory-atMost
    prepare:
      ({ number }) =>
      (value) =>
        typeof value === 'number' && value <= number,
    example: 'points <= 50',
    doc: 'this number or a smaller one',
  },
  above: {
    kind: 'above',
    words: ['>'],
    negated: undefined,
    types: TYPES,
    read: (parsed, reader) => ({
      kind: 'above',
      number: reader.number(presume(parsed, 'value').value),
    }),
    print: ({ number }) => numberText(number),
    // rule: operator-above
    sql: (value, { number }, context) => known(value, sql`${value} > ${number}`, context),
    // rule: memory-above
    prepare:
      ({ number }) =>
      (value) =>
        typeof value === 'number' && value > number,
    example: 'points > 50',
    doc: 'a larger number',
  },
  atLeast: {
    kind: 'atLeast',
    words: ['>='],
    negated: undefined,
    types: TYPES,
    read: (parsed, reader) => ({
      kind: 'atLeast',
      number: reader.number(presume(parsed, 'value').value),
    }),
    print: ({ number }) => numberText(number),
    // rule: operator-at-least
    sql: (value, { number }, context) => known(value, sql`${value} >= ${number}`, context),
    // rule: memory-atLeast
    prepare:
      ({ number }) =>
      (value) =>
        typeof value === 'number' && value >= number,
    example: 'points >= 50',
    doc: 'this number or a larger one',
  },
  numberBetween: {
    kind: 'numberBetween',
    words: ['between'],
    negated: 'not between',
    types: TYPES,
    read: (parsed, reader) => {
      const { low, high } = presume(parsed, 'pair');
      return { kind: 'numberBetween', low: reader.number(low), high: reader.number(high) };
    },
    print: ({ low, high }) => `${numberText(low)} and ${numberText(high)}`,
    // rule: operator-number-between
    sql: (value, { low, high }, context) =>
      known(value, sql`${value} between ${low} and ${high}`, context),
    // rule: memory-numberBetween
    prepare:
      ({ low, high }) =>
      (value) =>
        typeof value === 'number' && value >= low && value <= high,
    example: 'points between 10 and 50',
    doc: 'from the first number to the second, both included',
  },
  numberIn: {
    kind: 'numberIn',
    words: ['in'],
    negated: 'not in',
    types: TYPES,
    read: (parsed, reader) => ({
      kind: 'numberIn',
      numbers: presume(parsed, 'list').values.map((value) => reader.number(value)),
    }),
    print: ({ numbers }) => `(${numbers.map(numberText).join(', ')})`,
    sql: (value, { numbers }, { dialect }) => dialect.numberIn(value, numbers),
    // rule: memory-numberIn
    prepare: ({ numbers }) => {
      const wanted = new Set<unknown>(numbers);
      return (value) => wanted.has(value);
    },
    example: 'points in (10, 20, 30)',
    doc: 'one of these numbers',
  },
};

/** The numbers that a test compares with. */
export function numbersOf(test: Test): readonly number[] {
  if ('number' in test) return [test.number];
  if ('numbers' in test) return test.numbers;
  return test.kind === 'numberBetween' ? [test.low, test.high] : [];
}

/** The condition, which does not hold for a NULL value. */
function known(value: SQL, condition: SQL, { nullable }: SqlContext): SQL {
  return nullable ? sql`(${value} is not null and ${condition})` : condition;
}
