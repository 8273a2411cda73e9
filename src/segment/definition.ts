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
import { type Action, savingOf } from './action.ts';
import { getSegment } from './lookup.ts';
import { requireNoCircleBy } from './triggers/circles.ts';
import { requireUnused } from './uses.ts';

/**
 * What an author may set on a segment. An option that is left out stays as it is; an empty text
 * clears it. `where` is filter text.
 */
export interface SegmentOptions extends GivenAttributes {
  readonly name?: string | undefined;
  readonly alias?: string | undefined;
  readonly where?: FilterText | undefined;
  /** Why; kept with the version. */
  readonly note?: string | undefined;
}

export interface Defined {
  readonly id: number;
  readonly alias: string;
  readonly kind: SegmentRow['kind'];
  /** Whether it differs from what it was. */
  readonly changed: boolean;
  /** Warnings about tags and event types that the filter names and that do not exist yet. */
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
 * Creates a segment: dynamic if it has a filter, else static. `UserError`: bad filter or alias (2),
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
  const id = await tx.segments.insert(definition, savingOf(action, options.note));
  return { id, alias, kind: definition.kind, changed: true, warnings };
}

/**
 * Changes what `options` name; without a change nothing is saved, unless there is a note. The filter
 * may change, the kind never does. `UserError` (1) when filters or triggers need this one as it is,
 * or a trigger would set off itself by the filter.
 */
export async function editSegment(
  tx: WriteTx,
  segment: SegmentRow,
  options: SegmentOptions,
  action: Action,
): Promise<Defined> {
  if (options.published === false && segment.published)
    await requireUnused(tx, segment, 'unpublished');
  const { filter, warnings } =
    options.where === undefined
      ? { filter: segment.filter, warnings: [] }
      : await readWhere(tx, options.where, segment.id);
  if (filter === null && segment.kind === 'dynamic') throw lastCondition(segment);
  await requireNoCircleBy(tx, { ...segment, filter });
  const alias = options.alias === undefined ? segment.alias : aliasFor(options.alias);
  const before = definitionOf(segment);
  const after = withOptions({ ...before, alias, filter }, options);
  const changed = JSON.stringify(after) !== JSON.stringify(before);
  if (changed || options.note !== undefined)
    await tx.segments.update(segment.id, after, savingOf(action, options.note));
  return { id: segment.id, alias, kind: segment.kind, changed, warnings };
}

/**
 * The segment, which may be deleted as things stand: nobody is asked about what is refused anyway.
 * `UserError`: unknown (2), or others refer to it (1).
 */
export async function deletableSegment(tx: ReadTx, reference: string): Promise<SegmentRow> {
  const segment = await getSegment(tx, reference);
  await requireUnused(tx, segment, 'deleted');
  return segment;
}

/**
 * Deletes the segment with its members, pins and history. `UserError` (1) while others refer to it.
 */
export async function deleteSegment(
  tx: WriteTx,
  segment: SegmentRow,
  action: Action,
): Promise<void> {
  await requireUnused(tx, segment, 'deleted');
  await tx.segments.delete(segment.id, action);
}

/** Refuses (1) to leave a dynamic segment without a filter: it would hold everybody or nobody. */
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

/** Refuses (1) a request that needs a filter, because the segment has none. */
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

/** The definition with what the options give. `UserError`: no name (2), `manual forbid` of a static one (1). */
export function withOptions(
  definition: SegmentDefinition,
  options: SegmentOptions,
): SegmentDefinition {
  const name = options.name === undefined ? definition.name : toNfc(options.name.trim());
  if (name === '')
    throw new UserError('NO_NAME', EXIT.usage, 'a segment needs a name', {
      hint: 'a few words that people know it by, such as Hot leads',
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
 * The slug of a name or of `--alias`. Refuses (2) a text whose slug is empty or would read as an id
 * because it has only digits.
 */
export function aliasFor(text: string): string {
  const alias = slug(text);
  if (alias !== '' && !/^\p{N}+$/u.test(alias)) return alias;
  throw new UserError('NO_ALIAS', EXIT.usage, `no alias can be made of "${text}"`, {
    hint: 'give one with --alias: letters, digits and -, with at least one letter',
  });
}
