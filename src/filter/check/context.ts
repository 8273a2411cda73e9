import type { Catalogue } from '../catalogue.ts';
import { FilterError } from '../problem/filter-error.ts';
import type { SourceText } from '../parsed.ts';
import type { Problem } from '../problem/problem.ts';

export interface CheckOptions {
  /** The segment that is being defined, for the check against cycles. */
  readonly self?: number;
  /** What to do with a segment that is not published; default `refuse`. */
  readonly unpublished?: 'refuse' | 'allow';
}

/** What every part of the check needs; warnings are collected, problems thrown. */
export interface CheckContext {
  readonly catalogue: Catalogue;
  readonly options: CheckOptions;
  readonly source: SourceText;
  readonly warnings: Set<string>;
}

export function fail(problem: Problem, { source }: Pick<CheckContext, 'source'>): never {
  throw new FilterError(problem, source);
}
