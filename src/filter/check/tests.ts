import type { DateExpression, Test } from '../ast.ts';
import { fail, type CheckContext } from './context.ts';
import type { Resolved } from './operands.ts';
import { literalReader, literalsOf } from './values.ts';
import { findOperator, operatorWords } from '../operators/index.ts';
import type { ParsedTest } from '../parsed.ts';
import type { OperandType } from '../problem/problem.ts';

/** Turns the words of a test into the test that they mean for an operand of this type. */
export function readTest(
  parsed: ParsedTest,
  operand: Omit<Resolved<never>, 'operand'>,
  context: CheckContext,
): { readonly test: Test; readonly negated: boolean } {
  const type = operand.type === 'property' ? propertyType(parsed, context) : operand.type;
  const operator = findOperator(parsed.operator, type);
  if (operator === undefined) return failOfType(parsed, operand.label, type, context);
  const test = operator.read(
    parsed.arguments,
    literalReader({ ...operand, type }, operand.type === 'property', context),
  );
  const backwards = boundsTheWrongWayRound(test);
  if (backwards !== undefined)
    context.warnings.add(`\`between ${backwards}\` is never true: the lower bound stands first`);
  return { test, negated: parsed.negated };
}

/** The bounds as written, if the first is the higher one whatever the clock says. */
function boundsTheWrongWayRound(test: Test): string | undefined {
  if (test.kind === 'numberBetween')
    return test.low > test.high ? `${test.low} and ${test.high}` : undefined;
  if (test.kind !== 'dateBetween') return undefined;
  const [low, high] = [writtenDay(test.low), writtenDay(test.high)];
  return low !== undefined && high !== undefined && low > high ? `${low} and ${high}` : undefined;
}

function writtenDay({ anchor, steps }: DateExpression): string | undefined {
  return anchor.kind === 'day' && steps.length === 0 ? anchor.day : undefined;
}

function failOfType(
  { operator, negated, span }: ParsedTest,
  operand: string,
  type: OperandType,
  context: CheckContext,
): never {
  const word = operator === '=' && negated ? '!=' : operator;
  const allowed = operatorWords(type);
  return fail({ kind: 'operatorNotOfType', operator: word, operand, type, allowed, span }, context);
}

/** A property compares as a number with a number literal, as a day with a date, else as text. */
function propertyType(parsed: ParsedTest, context: CheckContext): OperandType {
  if (parsed.arguments.kind === 'duration' || parsed.arguments.kind === 'period') return 'date';
  const literals = literalsOf(parsed.arguments);
  const kinds = new Set(
    literals.map((value) =>
      value.kind === 'number' || value.kind === 'date' ? value.kind : 'text',
    ),
  );
  const [first = 'text'] = kinds;
  const odd = literals.find((value) => value.kind !== literals[0]?.kind);
  if (kinds.size > 1 && odd !== undefined)
    return fail({ kind: 'mixedValues', span: odd.span }, context);
  return first;
}
