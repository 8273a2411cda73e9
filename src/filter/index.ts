/** The filter language: text and AST, checked, compiled, printed, evaluated. */
export type * from './ast.ts';
export {
  FIELD_TYPES,
  type Catalogue,
  type CatalogueField,
  type CatalogueSegment,
  type FieldType,
  type TimeContext,
} from './catalogue.ts';
export type { CheckOptions } from './check/context.ts';
export { checkFilter, type CheckedFilter } from './check/check.ts';
export { type ColumnEvaluator, LeafFailure } from './columns/column-evaluator.ts';
export {
  type ColumnOptions,
  type ColumnPlan,
  type BySql,
  planColumns,
  type PlannedLeaf,
} from './columns/column-plan.ts';
export {
  compileEvents,
  compileFilter,
  readsOwnRow,
  type CompileOptions,
} from './compile/compile.ts';
export { crossings, resolveMoments, type Bounds, type Crossing } from './crossings.ts';
export { dependencies, type Dependencies, type Moment, type Place } from './dependencies.ts';
export { decodeAst, encodeAst } from './encode.ts';
export type { ContactRow, EventRow } from './contact-row.ts';
export { evaluateFilter, operandValue, type EvaluateContext } from './evaluate/evaluate.ts';
export {
  type ConditionVerdict,
  conditionsOf,
  explainFilter,
  type Verdict,
} from './evaluate/explain.ts';
export { type Evidence, eventsRead, type Found, type ResolvedDate } from './evaluate/evidence.ts';
export { FilterError } from './problem/filter-error.ts';
export { parseFilter } from './parse/grammar.ts';
export { translateCondition, warningsOfTranslation } from './mautic/mautic.ts';
export { AGGREGATE_OPERATORS, type Aggregate } from './operators/aggregates.ts';
export { ALL_OPERATORS } from './operators/index.ts';
export { PREDICATE_OPERATORS, type PredicateOperator } from './operators/predicates.ts';
export { SPELLINGS, type Spelling } from './operators/spellings.ts';
export type { ParsedFilter } from './parsed.ts';
export { printFilter } from './print.ts';
export { readMoment } from './check/read-date.ts';
export type { Moment as DateMoment } from './moments.ts';
export { isBlankFilter, readFilter, recheckAst, requireReadable, type FilterText } from './read.ts';
export {
  getField,
  namedConsent,
  namedEventTypes,
  type NamedSegment,
  namedSegments,
  namedTags,
  referredSegments,
  usedFields,
} from './references.ts';
export type { DateRange } from './moments.ts';
export { leavesOf } from './walk.ts';
export { addRow, filterRows, removeRow, type FilterRow } from './rows.ts';
