import { readStoreFilter } from '../contact/checked-filter.ts';
import { loadCatalogue } from '../contact/fields.ts';
import {
  addRow,
  decodeAst,
  encodeAst,
  type FilterAst,
  filterRows,
  type FilterText,
  printFilter,
  removeRow,
  requireReadable,
  translateCondition,
  warningsOfTranslation,
} from '../filter/index.ts';
import type { ReadTx, Saving, SegmentRow, WriteTx } from '../store/index.ts';
import { definitionOf, lastCondition, withoutFilter } from './definition.ts';
import { requireNoCircleBy } from './triggers/circles.ts';

/** A segment's filter as text, and as the rows that users add and remove, numbered from 1. */
export interface FilterView {
  readonly text: string | null;
  readonly rows: readonly {
    readonly row: number;
    readonly glue: 'and' | 'or' | null;
    readonly condition: string;
  }[];
}

export async function viewFilter(tx: ReadTx, segment: SegmentRow): Promise<FilterView> {
  if (segment.filter === null) return { text: null, rows: [] };
  const catalogue = await loadCatalogue(tx);
  const ast = decodeAst(segment.filter);
  return {
    text: printFilter(ast, catalogue),
    rows: filterRows(ast).map(({ number, glue, filter }) => ({
      row: number,
      glue: glue ?? null,
      condition: printFilter(filter, catalogue),
    })),
  };
}

/** A condition as text, or as the three parts that a filter builder's row has. */
export type NewCondition =
  | { readonly where: FilterText }
  | { readonly field: string; readonly operator: string; readonly values: readonly string[] };

/**
 * Appends a condition: `and` adds it to the last group, `or` begins a new one. Returns warnings.
 * `UserError` (2) for a condition that does not check, or with which the filter becomes too large.
 */
export async function addCondition(
  tx: WriteTx,
  segment: SegmentRow,
  condition: NewCondition,
  glue: 'and' | 'or',
  saving: Saving,
): Promise<readonly string[]> {
  const { where, warnings } = await textOf(tx, condition, segment.filter === null ? 'and' : glue);
  const read = await readStoreFilter(tx, where, { self: segment.id });
  const whole = addRow(storedAst(segment), read.ast, glue);
  requireReadable(whole, read.catalogue);
  await save(tx, segment, whole, saving);
  return [...warnings, ...read.warnings];
}

interface ConditionText {
  readonly where: FilterText;
  readonly warnings: readonly string[];
}

async function textOf(
  tx: ReadTx,
  condition: NewCondition,
  glue: 'and' | 'or',
): Promise<ConditionText> {
  if ('where' in condition) return { where: condition.where, warnings: [] };
  const catalogue = await loadCatalogue(tx);
  const where = translateCondition({ ...condition, glue }, catalogue);
  return { where, warnings: warningsOfTranslation(condition, catalogue) };
}

/**
 * Removes condition number `row`. `UserError`: there is no such row (2), or it is the last one of a
 * dynamic segment (1).
 */
export async function removeCondition(
  tx: WriteTx,
  segment: SegmentRow,
  row: number,
  saving: Saving,
): Promise<void> {
  const ast = storedAst(segment);
  if (ast === undefined) throw withoutFilter(segment);
  const rest = removeRow(ast, row);
  if (rest === undefined && segment.kind === 'dynamic') throw lastCondition(segment);
  await save(tx, segment, rest, saving);
}

/** Replaces the whole filter; a static segment keeps it without using it. Returns warnings. */
export async function setFilter(
  tx: WriteTx,
  segment: SegmentRow,
  where: FilterText,
  saving: Saving,
): Promise<readonly string[]> {
  const { ast, warnings } = await readStoreFilter(tx, where, { self: segment.id });
  await save(tx, segment, ast, saving);
  return warnings;
}

function storedAst(segment: SegmentRow): FilterAst | undefined {
  return segment.filter === null ? undefined : decodeAst(segment.filter);
}

async function save(
  tx: WriteTx,
  segment: SegmentRow,
  ast: FilterAst | undefined,
  saving: Saving,
): Promise<void> {
  const filter = ast === undefined ? null : encodeAst(ast);
  await requireNoCircleBy(tx, { ...segment, filter });
  await tx.segments.update(segment.id, { ...definitionOf(segment), filter }, saving);
}
