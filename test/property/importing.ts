import { join } from 'node:path';
import { Readable } from 'node:stream';
import { stringify } from 'csv-stringify/sync';
import { expect } from 'vitest';
import type { importContacts } from '../../src/csv/import.ts';
import type { ImportOptions, ImportReport } from '../../src/csv/import-options.ts';
import { UserError } from '../../src/support/errors.ts';
import type { World } from '../csv/world.ts';
import { dumpStore } from '../helpers/store-dump.ts';

/** What holds for every file, of whatever kind: the harness of the laws on imports. */

/** A file to import, and how. */
export interface Given {
  readonly imports: typeof importContacts;
  readonly text: string;
  /** How many rows it has. */
  readonly rows: number;
  readonly options: ImportOptions;
}

/** What is told of an import, but for what differs from one to the next; or why it was refused. */
type Told = Partial<ImportReport> | { readonly refused: string };

/** The text of a file without rows that have no content, and how many rows it has. */
export function written(
  header: readonly string[],
  rows: readonly Readonly<Record<string, string>>[],
  { isJson = false, long = [] }: { readonly isJson?: boolean; readonly long?: readonly number[] },
): Pick<Given, 'text' | 'rows'> {
  const filled = rows.filter((cells) => header.some((name) => cells[name]!.trim() !== ''));
  const lines = isJson
    ? filled.map((cells) => JSON.stringify(Object.fromEntries(header.map((n) => [n, cells[n]]))))
    : [header, ...filled.map((cells) => header.map((name) => cells[name]))].map((cells, at) =>
        stringify([long.includes(at - 1) ? [...cells, 'x'] : cells], { eof: false }),
      );
  return { text: `${lines.join('\n')}\n`, rows: filled.length };
}

async function importing(world: World, { imports, text, options }: Given, now: number) {
  const path = world.file('file.txt', text);
  try {
    const context = { stdin: Readable.from([]), now, by: null };
    const report = await imports(world.store, path, options, context);
    return { ...report, ms: 0, importId: null, rejectsFile: null };
  } catch (error) {
    if (error instanceof UserError) return { refused: error.code };
    throw error;
  }
}

/** All tables, but for the list of imports and its counter. */
export function stateOf(world: World): Record<string, unknown[]> {
  const tables = dumpStore(join(world.folder, 'crm.db'));
  const counters = (tables['sqlite_sequence'] as [string, number][]).filter(
    ([table]) => table !== 'imports',
  );
  // an import may note up to where all that is wished is settled, by another epoch
  const kinds = (tables['capture_kinds'] as [string, number][]).filter(
    ([kind]) => kind !== 'settled',
  );
  const capture = (tables['capture'] as unknown[][]).map((row) => row.toSpliced(1, 1));
  return { ...tables, imports: [], sqlite_sequence: counters, capture, capture_kinds: kinds };
}

function expectEachRowCounted(told: Told, rows: number): void {
  if ('refused' in told) return;
  const { inserted = 0, updated = 0, unchanged = 0, merged = 0, rejected = 0, leftOut = 0 } = told;
  const counted = inserted + updated + unchanged + merged + rejected + leftOut;
  expect([told.rows, counted]).toEqual([rows, rows]);
}

/** What the second time is to say of what the first one said. */
function expectSame(first: Told, second: Told, { mode }: ImportOptions): void {
  // all rows of known records
  if (mode === 'insert' || 'refused' in first) return;
  const { inserted = 0, updated = 0, unchanged = 0, leftOut } = first;
  const nothing = { inserted: 0, updated: 0, unchanged: inserted + updated + unchanged };
  const others = { merged: first.merged, rejected: first.rejected, heldOut: first.heldOut };
  expect(second).toMatchObject({ ...nothing, ...others, leftOut, segmentAdded: 0, left: 0 });
}

/**
 * Each row is in one count, a dry run says what the run then does and does nothing, the same file
 * again changes nothing, and neither does one that is refused.
 */
export async function tryFile(world: World, given: Given, now: number): Promise<void> {
  const before = stateOf(world);
  const dry = { ...given, options: { ...given.options, dryRun: true } };
  const foretold = await importing(world, dry, now);
  expect(stateOf(world)).toEqual(before);
  const told = await importing(world, given, now);
  expect(told).toEqual(foretold);
  expectEachRowCounted(told, given.rows);
  const after = stateOf(world);
  if ('refused' in told) expect(after).toEqual(before);
  const again = await importing(world, given, now + 1_000);
  expectEachRowCounted(again, given.rows);
  expect(stateOf(world)).toEqual(after);
  expectSame(told, again, given.options);
}
