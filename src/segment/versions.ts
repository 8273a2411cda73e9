import { recheckStoreFilter } from '../contact/checked-filter.ts';
import { loadCatalogue } from '../contact/fields.ts';
import { decodeAst, encodeAst } from '../filter/index.ts';
import type { ReadTx, SegmentRow, VersionRow, WriteTx } from '../store/index.ts';
import { EXIT, UserError } from '../support/errors.ts';
import { counted } from '../support/text.ts';
import { type Action, savingOf } from './action.ts';
import { definitionOf } from './definition.ts';
import { requireNoCircleBy } from './triggers/circles.ts';
import { requireUnused } from './uses.ts';
import { definitionLines, type KnownDefinition, whatChanged } from './definition-text.ts';
import { filterText } from './listing.ts';

/** A version with what it changed, by the names that options have. */
export interface VersionView extends VersionRow {
  readonly changed: readonly string[];
}

/** The versions of a segment, the latest first. */
export async function listVersions(tx: ReadTx, segment: SegmentRow): Promise<VersionView[]> {
  const versions = await tx.segments.versions(segment.id);
  return versions
    .map((version, index) => ({
      ...version,
      changed: whatChanged(versions[index - 1], version),
    }))
    .reverse();
}

/** A version with the text of its filter, in the names of today; null without one. */
export interface VersionText extends VersionView {
  readonly filterText: string | null;
}

/** `UserError` (2) when there is no such version. */
export async function viewVersion(
  tx: ReadTx,
  segment: SegmentRow,
  number: number,
): Promise<VersionText> {
  const versions = await listVersions(tx, segment);
  const version = pickVersion(segment, versions, number);
  return { ...version, filterText: filterText(version, await loadCatalogue(tx)) };
}

/** Two definitions of a segment as lines, to be compared. `UserError` (2): no such version. */
export async function linesOfVersions(
  tx: ReadTx,
  segment: SegmentRow,
  numbers: readonly [number, number],
): Promise<[string[], string[]]> {
  const versions = await tx.segments.versions(segment.id);
  const catalogue = await loadCatalogue(tx);
  const [one, other] = numbers.map((number) => pickVersion(segment, versions, number));
  if (one === undefined || other === undefined) throw new Error('a version was not found');
  const isKnown = one.about !== null && other.about !== null;
  const lines = (version: KnownDefinition): string[] =>
    definitionLines(isKnown ? version : { ...version, about: null }, catalogue);
  return [lines(one), lines(other)];
}

/** What a rollback did. */
export interface RolledBack {
  readonly alias: string;
  readonly changed: readonly string[];
  readonly warnings: readonly string[];
}

/**
 * Gives a segment the name, filter and attributes of a version again, as a new version; its alias
 * stays, for others use it. `UserError`: no such version (2); it was of the other type (1); others
 * refer to it and it was unpublished, or by its filter a trigger would set off itself (1); its filter
 * does not check any more (2).
 */
export async function rollBack(
  tx: WriteTx,
  segment: SegmentRow,
  number: number,
  action: Action,
  note = `back to version ${number}`,
): Promise<RolledBack> {
  const version = pickVersion(segment, await tx.segments.versions(segment.id), number);
  if (version.kind !== segment.kind) throw otherKind(segment, version);
  const { filter, warnings } = await recheck(tx, segment, version);
  await requireNoCircleBy(tx, { ...segment, filter });
  const present = definitionOf(segment);
  const { name, about } = version;
  const definition = { ...present, ...about, alias: present.alias, name, filter };
  if (segment.published && !definition.published) await requireUnused(tx, segment, 'unpublished');
  const changed = whatChanged({ ...present, about: present }, { ...definition, about: definition });
  await tx.segments.update(segment.id, definition, savingOf(action, note));
  return { alias: segment.alias, changed, warnings };
}

async function recheck(
  tx: ReadTx,
  segment: SegmentRow,
  { filter }: VersionRow,
): Promise<{ readonly filter: string | null; readonly warnings: readonly string[] }> {
  if (filter === null) return { filter, warnings: [] };
  const { ast, warnings } = await recheckStoreFilter(tx, decodeAst(filter), { self: segment.id });
  return { filter: encodeAst(ast), warnings };
}

function pickVersion<V extends VersionRow>(
  segment: SegmentRow,
  versions: readonly V[],
  number: number,
): V {
  const found = versions.find(({ version }) => version === number);
  if (found !== undefined) return found;
  throw new UserError(
    'UNKNOWN_VERSION',
    EXIT.usage,
    `segment ${segment.alias} has ${counted(versions.length, 'version')}, and no version ${number}`,
    { hint: `\`rollcall segments:versions ${segment.alias}\` lists them` },
  );
}

function otherKind(segment: SegmentRow, { version, kind }: VersionRow): UserError {
  return new UserError(
    'OTHER_TYPE',
    EXIT.refused,
    `segment ${segment.alias} is ${segment.kind}, and was ${kind} in version ${version}`,
    { hint: `convert it first: rollcall segments:convert ${segment.alias} --to ${kind}` },
  );
}
