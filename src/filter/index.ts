/** The filter language: text and AST, checked, compiled, printed, evaluated. */
export type * from './ast.ts';
export { FIELD_TYPES, type Catalogue, type CatalogueField, type CatalogueSegment, type FieldType, type TimeContext } from './catalogue.ts';
export type { CheckOptions } from './check-context.ts';
export { checkFilter, type CheckedFilter } from './check.ts';
export { compileFilter, type CompileOptions } from './compile.ts';
export { crossings, resolveMoments, type Bounds, type Crossing } from './crossings.ts';
export { dependencies, type Dependencies, type Moment, type Place } from './dependencies.ts';
export { decodeAst, encodeAst } from './encode.ts';
export { evaluateFilter, type ContactRow, type EvaluateContext, type EventRow } from './evaluate.ts';
export { FilterError } from './filter-error.ts';
export { parseFilter } from './grammar.ts';
export { translateCondition } from './mautic.ts';
export { ALL_OPERATORS } from './operators/index.ts';
export type { ParsedFilter } from './parsed.ts';
export { printFilter } from './print.ts';
export { readFilter, recheckAst, type ReadOptions } from './read.ts';
export { referredSegments, usedFields } from './references.ts';
export { addRow, filterRows, removeRow, type FilterRow } from './rows.ts';
