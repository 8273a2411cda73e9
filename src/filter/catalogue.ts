import type { FieldType } from '../sql/field-types.ts';
import { fold } from '../support/fold.ts';

export { FIELD_TYPES, type FieldType } from '../sql/field-types.ts';

/**
 * A field that filters may name: `column` is a real column of contacts (alias c) or companies
 * (alias co).
 */
export interface CatalogueField {
  readonly id: number;
  readonly object: 'contact' | 'company';
  readonly name: string;
  readonly label: string;
  readonly type: FieldType;
  readonly column: string;
  readonly options: readonly string[];
}

/**
 * A segment that filters may name. `refersTo` has the ids of the segments that its own filter
 * names, for the check against cycles.
 */
export interface CatalogueSegment {
  readonly id: number;
  readonly alias: string;
  readonly published: boolean;
  readonly refersTo: readonly number[];
}

/** Everything that the language knows about a store. */
export interface Catalogue {
  readonly fields: readonly CatalogueField[];
  readonly segments: readonly CatalogueSegment[];
}

/** The clock and the calendar of a run: `now` in epoch ms UTC, `zone` an IANA name. */
export interface TimeContext {
  readonly now: number;
  readonly zone: string;
  readonly weekStart: 'monday' | 'sunday';
}

const COMPANY = 'company.';

/** The field with this name in filters (`country`, `company.industry`, `company`), in any case. */
export function findField(catalogue: Catalogue, name: string): CatalogueField | undefined {
  const wanted = fold(name);
  if (wanted === 'company') return findField(catalogue, 'company.name');
  return catalogue.fields.find((field) => fold(fieldName(field)) === wanted);
}

/** The field's name in filters: a company's field carries its prefix. */
export function fieldName(field: CatalogueField): string {
  return field.object === 'company' ? COMPANY + field.name : field.name;
}

export function findFieldById(catalogue: Catalogue, id: number): CatalogueField | undefined {
  return catalogue.fields.find((field) => field.id === id);
}

export function findSegment(catalogue: Catalogue, alias: string): CatalogueSegment | undefined {
  const wanted = fold(alias);
  return catalogue.segments.find((segment) => fold(segment.alias) === wanted);
}

export function findSegmentById(catalogue: Catalogue, id: number): CatalogueSegment | undefined {
  return catalogue.segments.find((segment) => segment.id === id);
}
