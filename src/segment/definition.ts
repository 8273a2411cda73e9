import { readStoreFilter } from '../contact/checked-filter.ts';
import { encodeAst, type FilterText, isBlankFilter } from '../filter/index.ts';
import {
  attributesOf,
  BLANK_ATTRIBUTES,
  type GivenAttributes,
  mapAttributes,
  type ReadTx,
  type SegmentAttributes,
  type SegmentDefinition,
  type SegmentRow,
  type WriteTx,
} from '../store/index.ts';
import { EXIT, UserError } from '../support/errors.ts';
import { slug, toNfc } from '../support/text.ts';
import type { Action } from './action.ts';
import { requireUnused } from './references.ts';

/**
 * What an author may say of a segment; what is left out stays as it is, an empty text clears.
 * `where` is filter text.
 */
export interface SegmentOptions extends GivenAttributes {
  readonly name?: string | undefined;
  readonly alias?: string | undefined;
  readonly where?: FilterText | undefined;
}

export interface Defined {
  readonly id: number;
  readonly alias: string;
  readonly kind: SegmentRow['kind'];
  /** What the filter names that does not exist yet: tags, event types. */
  readonly warnings: readonly string[];
}

const BLANK: SegmentDefinition = {
  alias: '',
  name: '',
  kind: 'static',
  filter: null,
  ...BLANK_ATTRIBUTES,
};

/**
 * Makes a segment: dynamic with a filter, static without. `UserError`: bad filter or alias (2),
 * alias taken (1).
 */
export async function createSegment(
  tx: WriteTx,
  options: SegmentOptions & { readonly name: string },
  action: Action,
): Promise<Defined> {
  const { filter, warnings } = await readWhere(tx, options.where, undefined);
  const alias = aliasFor(options.alias ?? options.name);
  const definition = withOptions(
    { ...BLANK, alias, filter, kind: filter === null ? 'static' : 'dynamic' },
    options,
  );
  const id = await tx.segments.insert(definition, action.now, action.by);
  return { id, alias, kind: definition.kind, warnings };
}

/**
 * Changes what `options` name. A filter changes, never the kind. `UserError` (1) when others need
 * the segment as it is.
 */
export async function editSegment(
  tx: WriteTx,
  segment: SegmentRow,
  options: SegmentOptions,
  action: Action,
): Promise<Defined> {
  if (options.published === false && segment.published)
    requireUnused(await tx.segments.list(), segment, 'unpublished');
  const { filter, warnings } =
    options.where === undefined
      ? { filter: segment.filter, warnings: [] }
      : await readWhere(tx, options.where, segment.id);
  if (filter === null && segment.kind === 'dynamic') throw lastCondition(segment);
  const alias = options.alias === undefined ? segment.alias : aliasFor(options.alias);
  await tx.segments.update(
    segment.id,
    withOptions({ ...definitionOf(segment), alias, filter }, options),
    action.now,
    action.by,
  );
  return { id: segment.id, alias, kind: segment.kind, warnings };
}

/**
 * Deletes the segment with its members, pins and history. `UserError` (1) while others refer to it.
 */
export async function deleteSegment(tx: WriteTx, segment: SegmentRow): Promise<void> {
  requireUnused(await tx.segments.list(), segment, 'deleted');
  await tx.segments.delete(segment.id);
}

/** A dynamic segment without a filter would be everybody or nobody: refused (1). */
export function lastCondition(segment: SegmentRow): UserError {
  return new UserError(
    'LAST_CONDITION',
    EXIT.refused,
    `segment ${segment.alias} is dynamic and cannot be without a filter`,
    {
      hint: `convert it first: rollcall segments:convert ${segment.alias} --to static`,
    },
  );
}

/** What needs a filter finds none: refused (1). */
export function withoutFilter(segment: SegmentRow): UserError {
  return new UserError('NO_FILTER', EXIT.refused, `segment ${segment.alias} has no filter`, {
    hint: `give it one: rollcall segments:filters:set ${segment.alias} 'country = "FR"'`,
  });
}

/** The parts of a segment that its author decides. */
export function definitionOf(segment: SegmentRow): SegmentDefinition {
  const { alias, name, kind, filter } = segment;
  return { alias, name, kind, filter, ...attributesOf(segment) };
}

async function readWhere(
  tx: ReadTx,
  where: FilterText | undefined,
  self: number | undefined,
): Promise<{ filter: string | null; warnings: readonly string[] }> {
  if (where === undefined || isBlankFilter(where)) return { filter: null, warnings: [] };
  const { ast, warnings } = await readStoreFilter(tx, where, self === undefined ? {} : { self });
  return { filter: encodeAst(ast), warnings };
}

function withOptions(definition: SegmentDefinition, options: SegmentOptions): SegmentDefinition {
  const name = options.name === undefined ? definition.name : toNfc(options.name.trim());
  if (name === '')
    throw new UserError('NO_NAME', EXIT.usage, 'a segment needs a name', {
      hint: "for example: rollcall segments:create 'Hot leads'",
    });
  if (options.manual === 'forbid' && definition.kind === 'static') {
    throw new UserError(
      'STATIC_SEGMENT',
      EXIT.refused,
      `segment ${definition.alias} is static: without manual changes it could never have a member`,
      { hint: 'leave --manual forbid to dynamic segments' },
    );
  }
  return { ...definition, name, ...changedAttributes(definition, options) };
}

/** The attributes with what is given of them; an empty text clears. */
function changedAttributes(standing: SegmentAttributes, given: GivenAttributes): SegmentAttributes {
  return mapAttributes(({ type }, key) => {
    const value = given[key];
    if (value === undefined) return standing[key];
    return type === 'text' ? clearedText(String(value)) : value;
  }) as SegmentAttributes;
}

function clearedText(given: string): string | null {
  const text = toNfc(given.trim());
  return text === '' ? null : text;
}

/**
 * The slug of a name or of `--alias`; what gives none, or only digits that would read as an id, is
 * refused (2).
 */
function aliasFor(text: string): string {
  const alias = slug(text);
  if (alias !== '' && !/^\p{N}+$/u.test(alias)) return alias;
  throw new UserError('NO_ALIAS', EXIT.usage, `no alias can be made of "${text}"`, {
    hint: 'give one with --alias: letters, digits and -, with at least one letter',
  });
}
