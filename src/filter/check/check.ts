/**
 * Turns the parsed form into the AST: looks names up, reads literals by type, follows references.
 */
import type { Combined, EventFilter, EventSet, FilterAst, Predicate, Window } from '../ast.ts';
import type { Catalogue } from '../catalogue.ts';
import { fail, type CheckContext, type CheckOptions } from './context.ts';
import { resolveEventOperand, resolveOperand, type Resolved } from './operands.ts';
import { requireSegment } from './segments.ts';
import { readTest } from './tests.ts';
import type {
  ParsedEvents,
  ParsedFilter,
  ParsedNode,
  ParsedPredicate,
  ParsedTest,
} from '../parsed.ts';

export interface CheckedFilter {
  readonly ast: FilterAst;
  readonly warnings: readonly string[];
}

/**
 * The filter as an AST, with warnings of what is odd but allowed. `FilterError` for unknown names,
 * operators that the type lacks, bad literals, and segments that are unknown, unpublished or refer
 * back to `self`.
 */
export function checkFilter(
  parsed: ParsedFilter,
  catalogue: Catalogue,
  options: CheckOptions = {},
): CheckedFilter {
  const context: CheckContext = { catalogue, options, source: parsed, warnings: new Set() };
  const ast = checkNode(parsed.root, (predicate) => checkPredicate(predicate, context));
  return { ast, warnings: [...context.warnings] };
}

function checkNode<Leaf>(
  node: ParsedNode,
  checkLeaf: (predicate: ParsedPredicate) => Combined<Leaf>,
): Combined<Leaf> {
  switch (node.kind) {
    case 'and':
    case 'or':
      return {
        kind: node.kind,
        filters: node.filters.map((filter) => checkNode(filter, checkLeaf)),
      };
    case 'not':
      return { kind: 'not', filter: checkNode(node.filter, checkLeaf) };
    case 'constant':
      return { kind: 'constant', value: node.value };
    default:
      return checkLeaf(node);
  }
}

function checkPredicate(predicate: ParsedPredicate, context: CheckContext): FilterAst {
  switch (predicate.kind) {
    case 'test': {
      const { operand, ...type } = resolveOperand(predicate.operand, context, checkEvents);
      const { test, negated } = readTest(predicate.test, type, context);
      return negateIf(negated, { kind: 'test', operand, test });
    }
    case 'inSegment':
      return { kind: 'inSegment', segment: requireSegment(predicate.name, context) };
    case 'joinedSegment':
      return {
        kind: 'joinedSegment',
        segment: requireSegment(predicate.name, context),
        window: checkWindow(predicate.window, context),
      };
    case 'did':
      return {
        kind: 'test',
        operand: { kind: 'aggregate', of: 'count', events: checkEvents(predicate.events, context) },
        test: { kind: 'atLeast', number: 1 },
      };
    case 'tagged': {
      const texts = [predicate.tag.kind === 'text' ? predicate.tag.text : ''];
      return { kind: 'test', operand: { kind: 'tags' }, test: { kind: 'hasAny', texts } };
    }
    case 'suppressed':
      return {
        kind: 'suppressed',
        channel: predicate.channel?.text ?? null,
        reason: predicate.reason?.text ?? null,
      };
  }
}

function checkEvents({ type, where, window }: ParsedEvents, context: CheckContext): EventSet {
  return {
    type: type.text,
    where:
      where === null ? null : checkNode(where, (predicate) => checkEventTest(predicate, context)),
    window: window === null ? null : checkWindow(window, context),
  };
}

function checkEventTest(predicate: ParsedPredicate, context: CheckContext): EventFilter {
  if (predicate.kind !== 'test')
    return fail(
      { kind: 'notOfAnEvent', what: WHAT[predicate.kind], span: predicate.span },
      context,
    );
  const { operand, ...type } = resolveEventOperand(predicate.operand, context);
  const { test, negated } = readTest(predicate.test, type, context);
  return negateIf(negated, { kind: 'eventTest', operand, test });
}

const WHAT = {
  inSegment: '`in segment`',
  joinedSegment: '`joined segment`',
  did: '`did`',
  tagged: '`tagged`',
  suppressed: '`suppressed`',
} as const;

const INSTANTS: Omit<Resolved<never>, 'operand'> = {
  type: 'datetime',
  label: 'occurred_at',
  options: [],
};

/** The grammar lets only window tests through here. */
function checkWindow(window: ParsedTest, context: CheckContext): Window {
  return readTest(window, INSTANTS, context).test as Window;
}

function negateIf<Leaf extends Predicate | { readonly kind: 'eventTest' }>(
  negated: boolean,
  leaf: Leaf,
): Combined<Leaf> {
  return negated ? { kind: 'not', filter: leaf } : leaf;
}
