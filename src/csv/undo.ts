import { zoneInstants } from '../contact/time-context.ts';
import type { Decision } from '../segment/members.ts';
import { isOver } from '../segment/removals.ts';
import { changeData, type DataChange, type Triggered } from '../segment/triggers/data-change.ts';
import {
  type FieldRow,
  type ImportRow,
  type LeftContact,
  type MadeRecords,
  type Page,
  type SegmentRow,
  type Store,
  type WriteTx,
} from '../store/index.ts';
import { pagesByKey } from '../support/by-key.ts';
import { EXIT, UserError } from '../support/errors.ts';
import type { WriteInstant } from '../support/local-instant.ts';
import { getImport } from './imports.ts';
import { findNamed } from './field-name.ts';
import { recordedOptions } from './recorded-options.ts';

const PAGE = 100_000;
const IMPORTS_PAGE = 100;

/** What came of taking an import back. */
export interface UndoReport extends MadeRecords {
  readonly importId: number;
  readonly file: string;
  /** Memberships of static segments that the import began, and that ended. */
  readonly left: number;
  /** Members that the import took out of static segments, and that are in them again. */
  readonly rejoined: number;
  /** Pins of dynamic segments that are gone. */
  readonly unpinned: number;
  /** Memberships and decisions that come back with segments that were deleted, or no longer do. */
  readonly inDeleted: number;
  /** Removals that the import overrode, and that are in force again. */
  readonly removals: number;
  /** Tags that were taken off or given back. */
  readonly tags: number;
  /** Custom fields that it made, and that stay. */
  readonly fieldsKept: readonly string[];
  /** How many records it changed, whose values of before nobody knows. */
  readonly overwritten: number;
}

type Undoing = Pick<Decision, 'now' | 'by'>;

/**
 * Takes back what an import did, in one transaction: the memberships and pins that it began, leaves,
 * overridden removals and tags that it caused, and the records that it made and that nothing else
 * has touched since. Suppressions stay, and so do custom fields. A dry run changes nothing.
 * `UserError`: no such import (2); it was taken back before, a later
 * one made its segment equal to a file, or what it did is no longer known (1).
 */
export async function undoImport(
  store: Store,
  reference: string,
  { by, ...change }: Pick<Undoing, 'by'> & DataChange,
): Promise<UndoReport & Triggered> {
  const { done, triggers } = await changeData(store, change, async (tx) =>
    undoIn(tx, reference, { now: change.now ?? tx.now, by }),
  );
  return { ...done, triggers };
}

async function undoIn(tx: WriteTx, reference: string, action: Undoing): Promise<UndoReport> {
  const row = await getImport(tx, reference);
  requireUndoable(row, await zoneInstants(tx));
  await requireNotMirroredSince(tx, row);
  // rule: settled-before-undo
  await tx.suppressions.settle(); // what stands for values of contacts that now go
  const made = await tx.imports.findUntouched(row.id);
  const members = await undoMembers(tx, row, action);
  const tags = await tx.imports.revertTags(row.id);
  const inDeleted = await tx.imports.undoInDeleted(row.id, { ...action, file: row.file });
  const removals = await tx.imports.restoreRemovals(row.id);
  await tx.imports.deleteUntouched(action);
  await tx.imports.markUndone(row.id, action.now);
  const { createFields, companiesUpdated } = recordedOptions(row.options);
  const fieldsKept = thoseThere(createFields, await tx.fields.list());
  return {
    ...{ importId: row.id, file: row.file, overwritten: row.updated + companiesUpdated },
    ...{ ...made, ...members, inDeleted, tags, removals, fieldsKept },
  };
}

function requireUndoable(
  { id, kind, undoneAt, keptSince, options }: ImportRow,
  instant: WriteInstant,
): void {
  if (kind === 'suppressions')
    throw new UserError(
      'SUPPRESSIONS_STAY',
      EXIT.refused,
      `import ${id} was of suppressions, which stay`,
      { hint: howToLift(recordedOptions(options).key) },
    );
  if (undoneAt !== null)
    throw new UserError(
      'UNDONE_BEFORE',
      EXIT.refused,
      `import ${id} was undone before, at ${instant(undoneAt)}`,
      { hint: '`rollcall imports:list` shows which can be undone' },
    );
  // rule: undo-kept
  if (keptSince === null)
    throw new UserError(
      'FORGOTTEN_IMPORT',
      EXIT.refused,
      `import ${id} cannot be undone: what it made is no longer known`,
      { hint: 'it is kept as long as runs are: rollcall settings:get keep-runs' },
    );
}

function howToLift(key: string | undefined): string {
  return key === undefined || key === 'email'
    ? 'to lift them, address by address: rollcall suppressions:delete ADDRESS'
    : `to lift them, one by one: rollcall suppressions:delete VALUE --key ${key}`;
}

/**
 * Those of an import's fields that are there. They stay, empty or not: filters may have been written
 * on them since, and another file may fill them.
 */
function thoseThere(made: readonly string[], fields: readonly FieldRow[]): string[] {
  return made.filter((name) => findNamed(fields, name) !== undefined);
}

type Members = Pick<UndoReport, 'left' | 'rejoined' | 'unpinned'>;

async function undoMembers(tx: WriteTx, row: ImportRow, action: Undoing): Promise<Members> {
  const total = { left: 0, rejoined: 0, unpinned: 0 };
  const segments = new Map((await tx.segments.list()).map((segment) => [segment.id, segment]));
  for (const { segmentId } of await tx.imports.segments(row.id)) {
    const segment = segments.get(segmentId);
    if (segment === undefined) continue;
    total.unpinned += await tx.pins.clear(
      segmentId,
      await tx.imports.pinnedBy(row.id, segmentId),
      'in',
    );
    // rule: undo-dynamic
    // who is in a dynamic segment is for its filter to decide, at the next update
    if (segment.kind === 'dynamic') continue;
    total.left += await takeOut(tx, row, segment, action);
    total.rejoined += await putBack(tx, row, segment, action);
  }
  return total;
}

/**
 * Refuses (1) to take back an import into a segment that a later one, which stands, made equal to its
 * file: who of that file is in the segment stands by the earlier import, and would leave it.
 */
async function requireNotMirroredSince(tx: WriteTx, row: ImportRow): Promise<void> {
  const segments = await segmentsInto(tx, row);
  if (segments.length === 0) return;
  const read = async (after: number | undefined, limit: number): Promise<ImportRow[]> =>
    tx.imports.list({ after, limit });
  const rows = pagesByKey({ read, keyOf: ({ id }) => id, size: IMPORTS_PAGE, falls: true });
  for await (const page of rows) {
    for (const later of page) {
      if (later.id <= row.id) return;
      const mirrored = later.undoneAt === null ? mirroredBy(later, segments) : undefined;
      if (mirrored !== undefined) throw mirroredSince(row, later, mirrored);
    }
  }
}

type Filled = Pick<SegmentRow, 'id' | 'alias'>;

/**
 * The segments that an import was told to fill, and those that its rows named; also such as were
 * deleted since and can be restored.
 */
async function segmentsInto(tx: WriteTx, row: ImportRow): Promise<Filled[]> {
  const changed = (await tx.imports.segments(row.id)).map(({ segmentId }) => segmentId);
  const deleted = await tx.segments.deleted();
  return [...(await tx.segments.list()), ...deleted].filter(
    (segment) => changed.includes(segment.id) || wasToFill(row, segment),
  );
}

function mirroredBy(row: ImportRow, segments: readonly Filled[]): Filled | undefined {
  if (!recordedOptions(row.options).mirror) return undefined;
  return segments.find((segment) => wasToFill(row, segment));
}

function wasToFill({ options }: ImportRow, { alias, id }: Filled): boolean {
  const { segments, segmentIds } = recordedOptions(options);
  // aliases may have changed hands since
  if (segmentIds !== undefined) return segmentIds.includes(id);
  const names = [alias.toLowerCase(), String(id)];
  return segments.some((name) => names.includes(name.toLowerCase()));
}

function mirroredSince({ id }: ImportRow, later: ImportRow, { alias }: Filled): UserError {
  return new UserError(
    'MIRRORED_SINCE',
    EXIT.refused,
    `import ${id} cannot be undone: import ${later.id} made segment ${alias} equal to its file since`,
    { hint: `undo that one first: rollcall imports:undo ${later.id}` },
  );
}

async function takeOut(
  tx: WriteTx,
  row: ImportRow,
  { id }: SegmentRow,
  action: Undoing,
): Promise<number> {
  let left = 0;
  for await (const ids of pagesOf(
    async (page) => tx.imports.joinedBy(row.id, id, page),
    (contactId) => contactId,
  ))
    left += await tx.members.remove(id, ids, causeOf(row, action));
  return left;
}

/**
 * Who would be in without the import and those that were taken back before; by another import, if it
 * had put them in. Those who were removed since stay out.
 */
async function putBack(
  tx: WriteTx,
  row: ImportRow,
  { id }: SegmentRow,
  action: Undoing,
): Promise<number> {
  let rejoined = 0;
  for await (const left of pagesOf(
    async (page) => tx.imports.withoutIt(row.id, id, page),
    ({ contactId }) => contactId,
  )) {
    // rule: undo-removed
    const out = new Set(
      (
        await tx.pins.of(
          id,
          left.map(({ contactId }) => contactId),
        )
      )
        .filter((pin) => pin.kind === 'out' && !isOver(pin, action.now))
        .map(({ contactId }) => contactId),
    );
    const back = left.filter(({ contactId }) => !out.has(contactId));
    for (const [importId, ids] of byImport(back))
      rejoined += await tx.members.add(id, ids, { ...causeOf(row, action), importId });
  }
  return rejoined;
}

function byImport(left: readonly LeftContact[]): Map<number | null, number[]> {
  const made = new Map<number | null, number[]>();
  for (const { contactId, joinedByImport } of left) {
    const ids = made.get(joinedByImport);
    if (ids === undefined) made.set(joinedByImport, [contactId]);
    else ids.push(contactId);
  }
  return made;
}

function pagesOf<T>(
  list: (page: Page) => Promise<readonly T[]>,
  keyOf: (row: T) => number,
): AsyncIterable<readonly T[]> {
  const read = async (after: number | undefined, limit: number): Promise<readonly T[]> =>
    list({ after, limit });
  return pagesByKey({ read, keyOf, size: PAGE });
}

/** The cause is not of the import: taken back once, it is not taken back again. */
function causeOf({ file }: ImportRow, { now, by }: Undoing) {
  return { via: 'undo', name: file, now, by, runId: null };
}
