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
  return indexed(fieldIndexes, catalogue.fields, fieldName).byName.get(wanted);
}

/** The field's name in filters: a company's field carries its prefix. */
export function fieldName(field: CatalogueField): string {
  return field.object === 'company' ? COMPANY + field.name : field.name;
}

export function findFieldById(catalogue: Catalogue, id: number): CatalogueField | undefined {
  return indexed(fieldIndexes, catalogue.fields, fieldName).byId.get(id);
}

export function findSegment(catalogue: Catalogue, alias: string): CatalogueSegment | undefined {
  return indexed(segmentIndexes, catalogue.segments, aliasOf).byName.get(fold(alias));
}

export function findSegmentById(catalogue: Catalogue, id: number): CatalogueSegment | undefined {
  return indexed(segmentIndexes, catalogue.segments, aliasOf).byId.get(id);
}

/** A list of a catalogue by id, and by folded name: of several under one name, the first. */
interface Index<T> {
  readonly byId: ReadonlyMap<number, T>;
  readonly byName: ReadonlyMap<string, T>;
}

/** Made once for each list: a run looks thousands of names up. */
type Indexes<T> = WeakMap<readonly T[], Index<T>>;
const fieldIndexes: Indexes<CatalogueField> = new WeakMap();
const segmentIndexes: Indexes<CatalogueSegment> = new WeakMap();

function indexed<T extends { readonly id: number }>(
  indexes: Indexes<T>,
  list: readonly T[],
  nameOf: (item: T) => string,
): Index<T> {
  const made = indexes.get(list) ?? indexOf(list, nameOf);
  indexes.set(list, made);
  return made;
}

function indexOf<T extends { readonly id: number }>(
  list: readonly T[],
  nameOf: (item: T) => string,
): Index<T> {
  const backwards = [...list].reverse();
  return {
    byId: new Map(backwards.map((item) => [item.id, item])),
    byName: new Map(backwards.map((item) => [fold(nameOf(item)), item])),
  };
}

function aliasOf({ alias }: CatalogueSegment): string {
  return alias;
}
