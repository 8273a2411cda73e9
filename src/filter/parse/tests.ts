/**
 *     test  = ( "=" | "!=" | "<" | "<=" | ">" | ">=" | "before" | "after" ) value
 *           | [ "not" ] ( "contains" | "starts" "with" | "ends" "with" | "like" | "matches" ) value
 *           | [ "not" ] "in" "(" value { "," value } ")"
 *           | [ "not" ] "has" ( "any" | "all" | "none" ) "(" value { "," value } ")"
 *           | [ "not" ] "between" value "and" value
 *           | [ "not" ] ( "in" "last" n unit | "in" "next" n unit | "during" period )
 *           | "is" [ "not" ] "empty"
 *
 * The parser accepts all of them for every operand; the check knows which ones its type has.
 */
import type { Cursor } from './cursor.ts';
import { parsePair, parsePeriodTest, parseRelativeWindow, parseValue } from './dates.ts';
import type {
  Name,
  ParsedArguments,
  ParsedOperand,
  ParsedTest,
  ParsedValue,
  Span,
} from '../parsed.ts';

const MOST_VALUES = 100_000;

const SYMBOLS = ['=', '!=', '<=', '>=', '<', '>'] as const;
const DATE_WORDS = ['before', 'after'] as const;
const TEXT_WORDS = ['contains', 'like', 'matches'] as const;
const FIRST_WORDS = [
  ...SYMBOLS,
  ...DATE_WORDS,
  ...TEXT_WORDS,
  'starts',
  'ends',
  'in',
  'has',
  'between',
  'during',
  'is',
  'not',
] as const;

/** Whether a test begins at the token `ahead`. */
export function startsTest(cursor: Cursor, ahead = 0): boolean {
  return FIRST_WORDS.some((word) => cursor.sees(word, ahead));
}

export function parseTest(cursor: Cursor, operand: ParsedOperand): ParsedTest {
  const { span } = cursor.peek();
  const negated = cursor.take('not') !== undefined;
  const symbol = cursor.takeOneOf([...SYMBOLS, ...DATE_WORDS, 'is']);
  if (symbol === undefined)
    return wordTest(cursor, operand, negated, span) ?? failTest(cursor, operand);
  const at = cursor.spanFrom(span);
  if (negated)
    cursor.fail({
      kind: 'noNotForm',
      operator: symbol,
      operand: cursor.textOf(operand.span),
      span: at,
    });
  if (symbol === 'is') return emptyTest(cursor, span);
  const value = parseValue(cursor) ?? failValue(cursor, operand, symbol);
  return {
    operator: symbol === '!=' ? '=' : symbol,
    negated: symbol === '!=',
    span: at,
    arguments: { kind: 'value', value },
  };
}

function emptyTest(cursor: Cursor, span: Span): ParsedTest {
  const negated = cursor.take('not') !== undefined;
  cursor.expect('empty', 'empty');
  return {
    operator: 'is empty',
    negated,
    span: cursor.spanFrom(span),
    arguments: { kind: 'none' },
  };
}

function wordTest(
  cursor: Cursor,
  operand: ParsedOperand,
  negated: boolean,
  span: Span,
): ParsedTest | undefined {
  const relative = parseRelativeWindow(cursor) ?? parsePeriodTest(cursor);
  if (relative !== undefined)
    return { ...relative, negated, span: { start: span.start, end: relative.span.end } };
  const words = takeOperator(cursor);
  if (words === undefined) return undefined;
  return {
    operator: words.operator,
    negated: negated !== words.none,
    span: cursor.spanFrom(span),
    arguments: wordArguments(cursor, operand, words.written),
  };
}

/** An operator made of words; `none` is true when they negate it, as in `has none`. */
interface OperatorWords {
  readonly written: string;
  readonly operator: string;
  readonly none: boolean;
}

function takeOperator(cursor: Cursor): OperatorWords | undefined {
  if (cursor.take('has') !== undefined) {
    const which = cursor.takeOneOf(['any', 'all', 'none']) ?? cursor.failExpected('has');
    const operator = which === 'all' ? 'has all' : 'has any';
    return { written: `has ${which}`, operator, none: which === 'none' };
  }
  const written = cursor.takeOneOf(['between', 'in']) ?? textOperator(cursor);
  return written === undefined ? undefined : { written, operator: written, none: false };
}

function wordArguments(cursor: Cursor, operand: ParsedOperand, operator: string): ParsedArguments {
  if (operator === 'between') return parsePair(cursor, () => failValue(cursor, operand, operator));
  if (operator === 'in' || operator.startsWith('has ')) return list(cursor, operand, operator);
  return { kind: 'value', value: parseValue(cursor) ?? failValue(cursor, operand, operator) };
}

function textOperator(cursor: Cursor): string | undefined {
  const start = cursor.takeOneOf(['starts', 'ends']);
  if (start === undefined) return cursor.takeOneOf(TEXT_WORDS);
  cursor.expect('with', 'startsWith');
  return `${start} with`;
}

function list(cursor: Cursor, operand: ParsedOperand, operator: string): ParsedArguments {
  const opened = cursor.expect('(', 'list').span;
  const values: ParsedValue[] = [];
  do {
    if (values.length === MOST_VALUES)
      cursor.fail({ kind: 'tooManyValues', limit: MOST_VALUES, span: cursor.peek().span });
    values.push(parseValue(cursor) ?? failValue(cursor, operand, operator));
  } while (cursor.take(',') !== undefined);
  if (cursor.take(')') === undefined) {
    if (cursor.peek().kind === 'end') cursor.fail({ kind: 'unclosed', span: opened });
    cursor.failExpected('listJoint');
  }
  return { kind: 'list', values };
}

function failTest(cursor: Cursor, operand: ParsedOperand): never {
  return cursor.fail({
    kind: 'expectedTest',
    operand: cursor.textOf(operand.span),
    name: nameOf(operand),
    type: undefined,
    allowed: [],
    found: cursor.found,
    span: cursor.peek().span,
  });
}

function failValue(cursor: Cursor, operand: ParsedOperand, operator: string): never {
  return cursor.fail({
    kind: 'expectedValue',
    operand: cursor.textOf(operand.span),
    name: nameOf(operand),
    type: undefined,
    operator,
    found: cursor.found,
    span: cursor.peek().span,
  });
}

function nameOf(operand: ParsedOperand): Name | undefined {
  return operand.kind === 'name' ? operand.name : undefined;
}
