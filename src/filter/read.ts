/** Reads a text or a stored AST with the present catalogue. */
import type { FilterAst } from './ast.ts';
import type { Catalogue } from './catalogue.ts';
import { checkFilter, type CheckedFilter } from './check/check.ts';
import type { CheckOptions } from './check/context.ts';
import { eventOperand, typeOfText, unknownField } from './check/operands.ts';
import { FilterError } from './problem/filter-error.ts';
import { parseFilter } from './parse/grammar.ts';
import { operatorWords } from './operators/index.ts';
import type { ParsedFilter, SourceText } from './parsed.ts';
import { printFilter } from './print.ts';
import type { Problem } from './problem/problem.ts';

/** A filter as typed, or from a file, whose name messages then show. */
export type FilterText = string | SourceText;

/**
 * Parses and checks a filter. `FilterError` of either step; where a test or value is missing, it
 * says what the field's type wants.
 */
export function readFilter(
  given: FilterText,
  catalogue: Catalogue,
  options: CheckOptions = {},
): CheckedFilter {
  return checkFilter(parseWithTypes(toSource(given), catalogue), catalogue, options);
}

/** Whether the text is blank. */
export function isBlankFilter(given: FilterText): boolean {
  return toSource(given).text.trim() === '';
}

function toSource(given: FilterText): SourceText {
  return typeof given === 'string' ? { text: given, source: undefined } : given;
}

/**
 * Checks a stored AST again. `FilterError` for what broke since it was stored: a field, segment or
 * option that is gone, a type that changed, a segment that is no longer published, a new cycle; its
 * excerpt shows the canonical text.
 */
export function recheckAst(
  ast: FilterAst,
  catalogue: Catalogue,
  options: CheckOptions = {},
): CheckedFilter {
  return readFilter(printFilter(ast, catalogue), catalogue, options);
}

/**
 * Refuses (`FilterError`) a filter that was put together from parts and has become larger than one
 * that is read may be: an update could not check it again.
 */
export function requireReadable(ast: FilterAst, catalogue: Catalogue): void {
  parseFilter(printFilter(ast, catalogue));
}

function parseWithTypes({ text, source }: SourceText, catalogue: Catalogue): ParsedFilter {
  try {
    return parseFilter(text, source);
  } catch (error) {
    if (error instanceof FilterError)
      throw new FilterError(withType(error.problem, catalogue), { text, source });
    throw error;
  }
}

/**
 * Adds to a problem of a missing test or value what its field wants, or that there is no such
 * field.
 */
function withType(problem: Problem, catalogue: Catalogue): Problem {
  if (problem.kind !== 'expectedTest' && problem.kind !== 'expectedValue') return problem;
  const type = typeOfText(problem.operand, catalogue);
  if (type === undefined)
    return problem.name === undefined || eventOperand(problem.name.text) !== undefined
      ? problem
      : unknownField(problem.name, catalogue);
  return problem.kind === 'expectedTest'
    ? { ...problem, type, allowed: operatorWords(type) }
    : { ...problem, type };
}
