/** Prints the AST as canonical text: one line, present names, the shortest of equal spellings. */
import type {
  Combined,
  EventFilter,
  EventOperand,
  EventSet,
  EventTest,
  FilterAst,
  Operand,
  Predicate,
  Test,
} from './ast.ts';
import { fieldName, type Catalogue } from './catalogue.ts';
import { AGGREGATE_OPERATORS } from './operators/aggregates.ts';
import { operatorOf, printWindow } from './operators/index.ts';
import { predicateOperatorOf } from './operators/predicates.ts';
import { quoteName, quotePrefixed, quoteSuffixed, quoteText } from './quote.ts';
import { getField } from './references.ts';
import { isJoint, visit } from './walk.ts';

/**
 * Text that reads back as the same AST. `FilterError` when a field or segment of the AST no longer
 * exists.
 */
export function printFilter(ast: FilterAst, catalogue: Catalogue): string {
  return printNode(ast, (leaf, negated) => printPredicate(leaf, negated, catalogue));
}

type PrintLeaf<Leaf> = (leaf: Leaf, negated: boolean) => string;

function printNode<Leaf extends { readonly kind: string }>(
  node: Combined<Leaf>,
  printLeaf: PrintLeaf<Leaf>,
): string {
  return visit<Leaf, string>(node, {
    joint: ({ kind, filters }) =>
      filters
        .map((filter) => grouped(filter, kind === 'or' ? ['or'] : ['or', 'and'], printLeaf))
        .join(` ${kind} `),
    not: (inner) => printNegation(inner, printLeaf),
    constant: String,
    leaf: (leaf) => printLeaf(leaf, false),
  });
}

/** The node's text, in parentheses if it is a chain of one of these kinds. */
function grouped<Leaf extends { readonly kind: string }>(
  node: Combined<Leaf>,
  kinds: readonly string[],
  printLeaf: PrintLeaf<Leaf>,
): string {
  const text = printNode(node, printLeaf);
  return isJoint(node) && kinds.includes(node.kind) ? `(${text})` : text;
}

function printNegation<Leaf extends { readonly kind: string }>(
  inner: Combined<Leaf>,
  printLeaf: PrintLeaf<Leaf>,
): string {
  return visit<Leaf, string>(inner, {
    joint: () => `not ${grouped(inner, ['or', 'and'], printLeaf)}`,
    not: () => `not ${printNode(inner, printLeaf)}`,
    constant: (value) => `not ${value}`,
    leaf: (leaf) => printLeaf(leaf, true),
  });
}

function printPredicate(predicate: Predicate, negated: boolean, catalogue: Catalogue): string {
  const not = negated ? 'not ' : '';
  if (predicate.kind !== 'test')
    return not + predicateOperatorOf(predicate).print(predicate, catalogue);
  const short = shortForm(predicate.operand, predicate.test);
  return short === undefined
    ? printTest(printOperand(predicate.operand, catalogue), predicate.test, negated)
    : not + short;
}

/**
 * The short form of a test that has one: `did …` for `count(…) >= 1`, `tagged "…"` for `tags has
 * any ("…")`.
 */
function shortForm(operand: Operand, test: Test): string | undefined {
  if (
    operand.kind === 'aggregate' &&
    operand.of === 'count' &&
    test.kind === 'atLeast' &&
    test.number === 1
  )
    return `did ${printEvents(operand.events, quoteName)}`;
  const [tag, ...more] = test.kind === 'hasAny' ? test.texts : [];
  return operand.kind === 'tags' && tag !== undefined && more.length === 0
    ? `tagged ${quoteText(tag)}`
    : undefined;
}

function printTest(operand: string, test: Test, negated: boolean): string {
  const operator = operatorOf(test);
  const word = negated ? operator.negated : operator.words[0];
  const words = [operand, word ?? operator.words[0], operator.print(test)]
    .filter((part) => part !== '')
    .join(' ');
  return word === undefined ? `not ${words}` : words;
}

function printOperand(operand: Operand, catalogue: Catalogue): string {
  switch (operand.kind) {
    case 'field':
      return printField(operand.field, catalogue);
    case 'anniversary':
      return `anniversary(${printField(operand.field, catalogue)})`;
    case 'tags':
      return 'tags';
    case 'aggregate': {
      const { reads } = AGGREGATE_OPERATORS[operand.of];
      const quote = reads === 'value' ? (type: string) => quoteSuffixed(type, '.value') : quoteName;
      return `${operand.of}(${printEvents(operand.events, quote)})`;
    }
  }
}

function printField(id: number, catalogue: Catalogue): string {
  const field = getField(catalogue, id);
  return field.object === 'company'
    ? quotePrefixed('company.', field.name)
    : quoteName(fieldName(field));
}

function printEvents(
  { type, where, window }: EventSet,
  printType: (type: string) => string,
): string {
  const parts = [
    printType(type),
    where === null ? '' : `where ${printWhere(where)}`,
    window === null ? '' : printWindow(window),
  ];
  return parts.filter((part) => part !== '').join(' ');
}

/** The text after `where`: one test, or a filter in parentheses. */
function printWhere(where: EventFilter): string {
  const text = printNode<EventTest>(where, printEventTest);
  const test = where.kind === 'not' ? where.filter : where;
  return test.kind === 'eventTest' && !text.startsWith('not ') ? text : `(${text})`;
}

function printEventTest({ operand, test }: EventTest, negated: boolean): string {
  return printTest(printEventOperand(operand), test, negated);
}

function printEventOperand(operand: EventOperand): string {
  if (operand.kind === 'property') return quotePrefixed('property.', operand.name);
  return operand.kind === 'occurredAt' ? 'occurred_at' : operand.kind;
}
