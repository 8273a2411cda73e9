import type { Decision } from '../segment/members.ts';
import { isOver } from '../segment/removals.ts';
import {
  dryRun,
  type FieldRow,
  type ImportRow,
  type MadeRecords,
  type Page,
  type SegmentRow,
  type Store,
  type WriteTx,
} from '../store/index.ts';
import { pagesByKey } from '../support/by-key.ts';
import { EXIT, UserError } from '../support/errors.ts';
import { formatInstant } from '../support/instant.ts';
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
  /** Removals that the import overrode, and that are in force again. */
  readonly removals: number;
  /** Tags that were taken off or given back. */
  readonly tags: number;
  /** Custom fields that it made, and that stay. */
  readonly fieldsKept: readonly string[];
  /** How many records it changed, whose values of before nobody knows. */
  readonly overwritten: number;
}

type Undoing = Pick<Decision, 'now' | 'by'> & { readonly isDry: boolean };

/**
 * Takes back what an import did, in one transaction: the memberships and pins that it began, leaves,
 * overridden removals and tags that it caused, and the records that it made and that nothing else
 * has touched since. Suppressions stay, and so do custom fields. A dry run changes nothing.
 * `UserError`: no such import (2); it was taken back before, or what it did is no longer known (1).
 */
export async function undoImport(
  store: Store,
  reference: string,
  { isDry, ...action }: Undoing,
): Promise<UndoReport> {
  return dryRun(store, isDry, async (tx) => {
    const row = await getImport(tx, reference);
    requireUndoable(row);
    const made = await tx.imports.findUntouched(row.id);
    const members = await undoMembers(tx, row, action);
    const tags = await tx.imports.revertTags(row.id);
    const removals = await tx.imports.restoreRemovals(row.id);
    await tx.imports.deleteUntouched();
    await tx.imports.markUndone(row.id, action.now);
    const { createFields, companiesUpdated } = recordedOptions(row.options);
    const fieldsKept = thoseThere(createFields, await tx.fields.list());
    return {
      ...{ importId: row.id, file: row.file, overwritten: row.updated + companiesUpdated },
      ...{ ...made, ...members, tags, removals, fieldsKept },
    };
  });
}

function requireUndoable({ id, kind, undoneAt, keptSince }: ImportRow): void {
  if (kind === 'suppressions')
    throw new UserError(
      'SUPPRESSIONS_STAY',
      EXIT.refused,
      `import ${id} was of suppressions, which stay`,
      { hint: 'to lift them, address by address: rollcall suppressions:delete ADDRESS' },
    );
  if (undoneAt !== null)
    throw new UserError(
      'UNDONE_BEFORE',
      EXIT.refused,
      `import ${id} was undone before, at ${formatInstant(undoneAt)}`,
    );
  // rule: undo-kept
  if (keptSince === null)
    throw new UserError(
      'FORGOTTEN_IMPORT',
      EXIT.refused,
      `import ${id} cannot be undone: what it made is no longer known`,
      { hint: 'it is kept as long as runs are: see rollcall settings:list, keep-runs' },
    );
}

/**
 * Those of an import's fields that are there. They stay, empty or not: filters may have been written
 * on them since, and another file may fill them.
 */
function thoseThere(made: readonly string[], fields: readonly FieldRow[]): string[] {
  return made.filter((name) => findNamed(fields, name) !== undefined);
}

type Members = Pick<UndoReport, 'left' | 'rejoined' | 'unpinned'>;

async function undoMembers(
  tx: WriteTx,
  row: ImportRow,
  action: Omit<Undoing, 'isDry'>,
): Promise<Members> {
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
    // a later file says who is in it, whatever came of it then
    if (await isMirroredSince(tx, row, segment)) continue;
    total.left += await takeOut(tx, row, segment, action);
    total.rejoined += await putBack(tx, row, segment, action);
  }
  return total;
}

/** Whether a later import that stands made the segment equal to its file. */
async function isMirroredSince(
  tx: WriteTx,
  { id }: ImportRow,
  segment: SegmentRow,
): Promise<boolean> {
  const read = async (after: number | undefined, limit: number): Promise<ImportRow[]> =>
    tx.imports.list({ after, limit });
  const rows = pagesByKey({ read, keyOf: (row) => row.id, size: IMPORTS_PAGE, falls: true });
  for await (const page of rows) {
    const later = page.filter((row) => row.id > id);
    if (later.some((row) => row.undoneAt === null && mirrors(row, segment))) return true;
    if (later.length < page.length) return false;
  }
  return false;
}

function mirrors({ options }: ImportRow, { alias, id }: SegmentRow): boolean {
  const { mirror, mirrored, segments } = recordedOptions(options);
  // aliases may have changed hands since
  if (mirrored !== undefined) return mirrored.includes(id);
  const names = [alias.toLowerCase(), String(id)];
  return mirror && segments.some((name) => names.includes(name.toLowerCase()));
}

async function takeOut(
  tx: WriteTx,
  row: ImportRow,
  { id }: SegmentRow,
  action: Omit<Undoing, 'isDry'>,
): Promise<number> {
  let left = 0;
  for await (const ids of pagesOf(async (page) => tx.imports.joinedBy(row.id, id, page)))
    left += await tx.members.remove(id, ids, causeOf(row, action));
  return left;
}

/** Those who were removed since stay out. */
async function putBack(
  tx: WriteTx,
  row: ImportRow,
  { id }: SegmentRow,
  action: Omit<Undoing, 'isDry'>,
): Promise<number> {
  let rejoined = 0;
  for await (const ids of pagesOf(async (page) => tx.imports.leftBy(row.id, id, page))) {
    // rule: undo-removed
    const out = new Set(
      (await tx.pins.of(id, ids))
        .filter((pin) => pin.kind === 'out' && !isOver(pin, action.now))
        .map(({ contactId }) => contactId),
    );
    const back = ids.filter((contactId) => !out.has(contactId));
    rejoined += await tx.members.add(id, back, causeOf(row, action));
  }
  return rejoined;
}

function pagesOf(
  list: (page: Page) => Promise<readonly number[]>,
): AsyncIterable<readonly number[]> {
  const read = async (after: number | undefined, limit: number): Promise<readonly number[]> =>
    list({ after, limit });
  return pagesByKey({ read, keyOf: (contactId) => contactId, size: PAGE });
}

/** The cause has no import of its own: taken back once, it is not taken back again. */
function causeOf({ file }: ImportRow, { now, by }: Omit<Undoing, 'isDry'>) {
  return { via: 'undo', name: file, now, by, runId: null };
}
