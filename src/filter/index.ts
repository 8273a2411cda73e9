/** The filter language: text and AST, checked, compiled, printed, explained. */
import type { SQL } from 'drizzle-orm';
import type { FilterAst } from './ast.ts';
import type { Catalogue, TimeContext } from './catalogue.ts';
import type { ParsedFilter } from './parsed.ts';

export type * from './ast.ts';
export type { Catalogue, CatalogueField, CatalogueSegment, FieldType, TimeContext } from './catalogue.ts';
export { FIELD_TYPES } from './catalogue.ts';
export type { Dependencies, Moment, Place } from './dependencies.ts';
export { dependencies } from './dependencies.ts';
export type { ParsedFilter } from './parsed.ts';

export interface CheckOptions {
  /** The segment that is being defined, for the check against cycles. */
  readonly self?: number;
  /** What to do with a segment that is not published; default `refuse`. */
  readonly unpublished?: 'refuse' | 'allow';
}

export interface CheckedFilter {
  readonly ast: FilterAst;
  readonly warnings: readonly string[];
}

/** One contact with all that a filter can read of it: columns by name, company undefined when it has none. */
export interface ContactRow {
  readonly contact: Readonly<Record<string, unknown>>;
  readonly company: Readonly<Record<string, unknown>> | undefined;
  readonly tags: readonly string[];
  readonly events: readonly EventRow[];
  readonly suppressions: readonly { readonly channel: string; readonly reason: string }[];
  readonly memberships: readonly { readonly segmentId: number; readonly since: number }[];
}

/** `occurredAt` in epoch ms UTC, `properties` the stored JSON text. */
export interface EventRow {
  readonly type: string;
  readonly subject: string | null;
  readonly value: number | null;
  readonly occurredAt: number;
  readonly properties: string | null;
}

export interface FilterRow {
  readonly number: number; // from 1
  readonly glue: 'and' | 'or' | undefined; // how it joins the row before; undefined for the first
  readonly filter: FilterAst;
}

export function parseFilter(_text: string, _source?: string): ParsedFilter {
  throw new Error('not written yet');
}
export function checkFilter(_parsed: ParsedFilter, _catalogue: Catalogue, _options?: CheckOptions): CheckedFilter {
  throw new Error('not written yet');
}
export function readFilter(_text: string, _catalogue: Catalogue, _options?: CheckOptions & { readonly source?: string }): CheckedFilter {
  throw new Error('not written yet');
}
/** Checks a stored AST against today's catalogue; throws `FilterError` naming what broke. */
export function recheckAst(_ast: FilterAst, _catalogue: Catalogue, _options?: CheckOptions): CheckedFilter {
  throw new Error('not written yet');
}
export function printFilter(_ast: FilterAst, _catalogue: Catalogue): string {
  throw new Error('not written yet');
}
/** A condition over contacts (alias c) that yields 0 or 1, never NULL. */
export function compileFilter(_ast: FilterAst, _how: { readonly shape: 'scan' | 'probe'; readonly time: TimeContext; readonly catalogue: Catalogue }): SQL {
  throw new Error('not written yet');
}
export function evaluateFilter(_ast: FilterAst, _row: ContactRow, _context: { readonly time: TimeContext; readonly catalogue: Catalogue }): boolean {
  throw new Error('not written yet');
}
export function filterRows(_ast: FilterAst | undefined): FilterRow[] {
  throw new Error('not written yet');
}
/** The filter with one more row: `and` appends to the last group, `or` opens a new one. */
export function addRow(_ast: FilterAst | undefined, _row: FilterAst, _glue: 'and' | 'or'): FilterAst {
  throw new Error('not written yet');
}
/** The filter without row `number`, undefined when it was the last one; throws `UserError` (2) when there is none such. */
export function removeRow(_ast: FilterAst, _number: number): FilterAst | undefined {
  throw new Error('not written yet');
}
/** The language's text for a field, an operator code (ours or Mautic's) and its values. */
export function translateCondition(_condition: { readonly field: string; readonly operator: string; readonly values: readonly string[] }, _catalogue: Catalogue): string {
  throw new Error('not written yet');
}
export function encodeAst(_ast: FilterAst): string {
  throw new Error('not written yet');
}
export function decodeAst(_text: string): FilterAst {
  throw new Error('not written yet');
}
/** Ids of the segments that the filter names, each once. */
export function referredSegments(_ast: FilterAst): number[] {
  throw new Error('not written yet');
}
/** Ids of the catalogue's fields that the filter names, each once. */
export function usedFields(_ast: FilterAst): number[] {
  throw new Error('not written yet');
}
