import {
  type Catalogue,
  type CatalogueField,
  type CatalogueSegment,
  decodeAst,
  referredSegments,
} from '../filter/index.ts';
import type { FieldRow, ReadTx, RecordKind, SegmentRow } from '../store/index.ts';
import { EXIT, UserError } from '../support/errors.ts';
import { nearest } from '../support/nearest.ts';

/**
 * What the filter language may name in this store: fields of contacts and companies, and segments
 * with the segments that they refer to.
 */
export async function loadCatalogue(tx: ReadTx): Promise<Catalogue> {
  return catalogueOf(await tx.fields.list(), await tx.segments.list());
}

interface Made {
  readonly of: readonly SegmentRow[];
  readonly catalogue: Catalogue;
}

/**
 * The last catalogue made from each list of fields, and the segments it was made from. A store
 * returns the same list while no row changes.
 */
const catalogues = new WeakMap<readonly FieldRow[], Made>();

/**
 * Returns the same object as last time while its content is the same, so that values derived from
 * it can be kept with it.
 */
function catalogueOf(rows: readonly FieldRow[], segmentRows: readonly SegmentRow[]): Catalogue {
  const before = catalogues.get(rows);
  if (before?.of === segmentRows) return before.catalogue;
  const fields =
    before?.catalogue.fields ??
    rows.filter((field) => !isCompanyOfContact(field)).map(toCatalogueField);
  const isSame = before !== undefined && saySame(before.of, segmentRows);
  const catalogue = isSame
    ? before.catalogue
    : { fields, segments: segmentRows.map(toCatalogueSegment) };
  catalogues.set(rows, { of: segmentRows, catalogue });
  return catalogue;
}

/**
 * Whether the rows are equal in everything that a catalogue contains; the figures of their updates
 * do not count.
 */
function saySame(a: readonly SegmentRow[], b: readonly SegmentRow[]): boolean {
  if (a.length !== b.length) return false;
  return a.every((segment, index) => {
    const other = b[index];
    return (
      other?.id === segment.id &&
      other.alias === segment.alias &&
      other.published === segment.published &&
      other.filter === segment.filter
    );
  });
}

/** Whether this is a contact's `company`, which the language knows as the company field `name`. */
function isCompanyOfContact(field: FieldRow): boolean {
  return field.object === 'contact' && field.alias === 'company';
}

function toCatalogueField({ id, object, alias, label, type, options }: FieldRow): CatalogueField {
  return { id, object, name: alias, label, type, column: alias, options };
}

/** What the language knows about a segment, kept with its row. */
const known = new WeakMap<SegmentRow, CatalogueSegment>();

function toCatalogueSegment(segment: SegmentRow): CatalogueSegment {
  const made = known.get(segment) ?? new SegmentOfCatalogue(segment);
  known.set(segment, made);
  return made;
}

/**
 * Reads the filter only when `refersTo` is asked for: few checks ask, and there may be thousands of
 * segments.
 */
class SegmentOfCatalogue implements CatalogueSegment {
  readonly id: number;
  readonly alias: string;
  readonly published: boolean;
  readonly #segment: SegmentRow;
  #refersTo: readonly number[] | undefined;

  constructor(segment: SegmentRow) {
    this.id = segment.id;
    this.alias = segment.alias;
    this.published = segment.published;
    this.#segment = segment;
  }

  get refersTo(): readonly number[] {
    this.#refersTo ??= refersTo(this.#segment);
    return this.#refersTo;
  }
}

/**
 * The segments that a stored filter refers to; none if it can no longer be read. Then only its own
 * segment fails.
 */
function refersTo({ filter }: SegmentRow): readonly number[] {
  if (filter === null) return [];
  try {
    return referredSegments(decodeAst(filter));
  } catch (error) {
    if (error instanceof UserError) return [];
    throw error;
  }
}

export interface FieldQuery {
  readonly object?: RecordKind | undefined;
  readonly origin?: FieldRow['origin'] | undefined;
  readonly after?: number | undefined;
}

/** Fields in order of id, standard ones first. */
export async function listFields(
  tx: ReadTx,
  { object, origin, after = 0 }: FieldQuery,
): Promise<FieldRow[]> {
  const fields = await tx.fields.list();
  return fields.filter(
    (field) =>
      field.id > after &&
      (object ?? field.object) === field.object &&
      (origin ?? field.origin) === field.origin,
  );
}

/** The field with this alias, in any case. */
export function findField(
  fields: readonly FieldRow[],
  object: RecordKind,
  alias: string,
): FieldRow | undefined {
  const wanted = alias.toLowerCase();
  return fields.find((field) => field.object === object && field.alias === wanted);
}

/** Like `findField`, but throws `UserError` (2) with the nearest alias. */
export function getField(fields: readonly FieldRow[], object: RecordKind, alias: string): FieldRow {
  const field = findField(fields, object, alias);
  if (field !== undefined) return field;
  throw unknownField(fields, object, alias);
}

/** The error (2) for a field that does not exist. */
export function unknownField(
  fields: readonly FieldRow[],
  object: RecordKind,
  alias: string,
): UserError {
  return new UserError(
    'UNKNOWN_FIELD',
    EXIT.usage,
    `unknown ${object === 'contact' ? 'field' : 'company field'} \`${alias}\``,
    {
      hint: unknownFieldHint(fields, object, alias),
    },
  );
}

function unknownFieldHint(fields: readonly FieldRow[], object: RecordKind, alias: string): string {
  const known = fields.filter((field) => field.object === object).map((field) => field.alias);
  const all = `\`rollcall fields:list --object ${object}\` shows all ${known.length}`;
  const [near] = nearest(alias, known);
  if (near !== undefined) return `did you mean \`${near}\`? ${all}`;
  const other = object === 'contact' ? 'company' : 'contact';
  if (findField(fields, other, alias) !== undefined) return `\`${alias}\` is a ${other} field`;
  return all;
}
