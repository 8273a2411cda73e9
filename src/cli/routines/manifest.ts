import { hash } from 'node:crypto';
import type { SelectionDefinition } from '../../segment/selection-definition.ts';
import { fileIdOf } from '../../support/file-place.ts';
import type { StoreContext } from '../context.ts';
import { usage } from '../options/options.ts';
import { streamNamed } from '../other-file.ts';
import type { FileBeside } from '../output/result.ts';

/** What a manifest says of its export ahead of the rows. */
export interface About {
  readonly definition: SelectionDefinition & {
    /** What the rows are: `contacts`. */
    readonly export: string;
    readonly columns: readonly string[];
  };
  readonly format: string;
  /** The instant as of which filters were read. */
  readonly clock: string;
}

/** Refuses a place for the manifest that holds something else of this export. `UserError` (2). */
export async function requireRoomForManifest(
  context: StoreContext,
  path: string,
  { where }: { readonly where?: string | undefined },
): Promise<void> {
  context.requireNotOutput(path, `the manifest ${path}`);
  if (context.outputIsStream && streamNamed(path) === 'output')
    throw usage(`--manifest ${path} is where the rows go`, 'name another file');
  const id = fileIdOf(path);
  if (where?.startsWith('@') === true && id !== undefined && fileIdOf(where.slice(1)) === id)
    throw usage(`--manifest ${path} is the filter, ${where.slice(1)}`, 'name another file');
  await context.store.requireOtherFile(path, '--manifest');
}

export function manifestFor(
  path: string | undefined,
  about: About | undefined,
  counter: Readonly<RowCounter>,
): FileBeside | undefined {
  if (path === undefined || about === undefined) return undefined;
  const { definition, format, clock } = about;
  const manifest = {
    schema: 'rollcall/manifest/1',
    clock,
    definition,
    definition_sha256: hash('sha256', canonicalJson(definition), 'hex'),
    format,
  };
  return {
    path,
    text: (written) =>
      `${JSON.stringify({ ...manifest, rows: counter.rows, ...written }, null, 2)}\n`,
  };
}

/** JSON without blanks, the keys of each object in the order of their code units. */
function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, each: unknown) =>
    typeof each === 'object' && each !== null && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1)))
      : each,
  );
}

/** How many rows were written so far. */
export interface RowCounter {
  rows: number;
}

/** The option of exports by which it counts. */
export function counting(counter: RowCounter): { readonly onRows: (count: number) => void } {
  return {
    onRows: (count) => {
      counter.rows += count;
    },
  };
}

/** The same rows, counted as they are read. */
export async function* countRows<Row>(
  rows: AsyncIterable<Row>,
  counter: RowCounter,
): AsyncGenerator<Row> {
  for await (const row of rows) {
    counter.rows += 1;
    yield row;
  }
}
