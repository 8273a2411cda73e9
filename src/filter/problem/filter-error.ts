import { EXIT, UserError } from '../../support/errors.ts';
import { excerpt } from './excerpt.ts';
import type { SourceText } from '../parsed.ts';
import type { Problem } from './problem.ts';
import { describeProblem } from './wording.ts';

/**
 * A filter that does not parse or check. Holds the problem as data; the message has it in words,
 * with its place, excerpt and hint.
 */
export class FilterError extends UserError {
  readonly problem: Problem;

  constructor(problem: Problem, source: SourceText) {
    const { message, hint } = describeProblem(problem);
    super('FILTER', EXIT.usage, message, {
      detail: problem.span === undefined ? [] : excerpt(source, problem.span),
      hint,
    });
    this.problem = problem;
  }

  /** The same in the text before which so many characters were put that nobody typed. */
  within(source: SourceText, put: number): FilterError {
    const { span } = this.problem;
    if (span === undefined) return this;
    const typed = (place: number): number => Math.max(0, place - put);
    const moved = { start: typed(span.start), end: typed(span.end) };
    return new FilterError({ ...this.problem, span: moved }, source);
  }
}
