import type { ColumnMapping } from '../../csv/column-mapping.ts';
import { savedMap } from '../../csv/map-option.ts';
import { fileIdOf } from '../../support/file-place.ts';
import { createOutputFile } from '../../support/output-file.ts';
import type { StoreContext } from '../context.ts';
import { usage } from '../options/options.ts';
import { readWhole, withoutMark } from './input.ts';

/** What `--map` says, `@FILE` being what stands in that file. `UserError` (66): it is a folder. */
export function readMaps(
  context: StoreContext,
  given: readonly string[] | undefined,
): readonly string[] | undefined {
  return given?.map((text) => {
    if (!text.startsWith('@')) return text;
    const file = text.slice(1);
    context.requireNotOutput(file, `the map ${file} that it reads`);
    return withoutMark(readWhole(file, 'a map'));
  });
}

/** Refuses a place for the map that holds something else of this import. `UserError` (2). */
export async function requireRoomForMap(
  context: StoreContext,
  path: string,
  input: string,
): Promise<void> {
  context.requireNotOutput(path, `the saved map ${path}`);
  const id = fileIdOf(path);
  if (input !== '-' && id !== undefined && fileIdOf(input) === id)
    throw usage(`--save-map ${path} is the input, ${input}`, 'name another file');
  await context.store.requireOtherFile(path, '--save-map');
}

/** Writes how the columns were read, for `--map @FILE`. */
export async function saveMap(path: string, columns: readonly ColumnMapping[]): Promise<void> {
  const file = await createOutputFile(path);
  try {
    await file.write(savedMap(columns));
    await file.commit();
  } finally {
    await file.discard();
  }
}
