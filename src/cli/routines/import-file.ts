import type {
  ImportContext,
  ImportOptions,
  ImportReport,
  Progress,
} from '../../csv/import-options.ts';
import { parseMaxRejects } from '../../csv/max-rejects.ts';
import { rejectsBeside } from '../../csv/rejects.ts';
import type { Store } from '../../store/index.ts';
import { descriptorOf } from '../../support/file-place.ts';
import { counted } from '../../support/text.ts';
import type { StoreContext } from '../context.ts';
import { usage } from '../options/options.ts';
import { streamNamed } from '../other-file.ts';
import { isJson } from '../output/formats.ts';
import type { MessageResult } from '../output/result.ts';
import { importResult } from '../views/import-report.ts';
import { readMaps, requireRoomForMap, saveMap } from './saved-map.ts';

type Import = (
  store: Store,
  file: string,
  options: ImportOptions,
  context: ImportContext,
) => Promise<ImportReport>;
type GivenOptions = Omit<ImportOptions, 'maxRejects'> & {
  readonly maxRejects: string | undefined;
  readonly saveMap: string | undefined;
};

/** Imports a file behind a progress line, and tells what came of it. */
export async function runImport(
  context: StoreContext,
  file: string,
  given: GivenOptions,
  doImport: Import,
): Promise<MessageResult> {
  const { saveMap: mapPath, ...others } = given;
  const options = optionsOf({ ...others, map: readMaps(context, given.map) });
  requireApart(context, file, given.rejects);
  if (mapPath !== undefined) await requireRoomForMap(context, mapPath, file);
  const { store, stdin, now, by } = context;
  const report = await context.progress(`reading ${file}`, async (say) =>
    doImport(store, file, options, {
      stdin: stdin(),
      now,
      by,
      progress: (progress) => say(inWords(file, progress)),
    }),
  );
  if (mapPath !== undefined) await saveMap(mapPath, report.columns);
  return importResult(report, given.dryRun === true);
}

/** What `-` means to `--rejects`, as it does to `-o`. */
const STANDARD_OUTPUT = '/dev/stdout';

function optionsOf(given: Omit<GivenOptions, 'saveMap'>): ImportOptions {
  return {
    ...given,
    rejects: given.rejects === '-' ? STANDARD_OUTPUT : given.rejects,
    maxRejects: given.maxRejects === undefined ? undefined : parseMaxRejects(given.maxRejects),
  };
}

/** The file, and that of the rejected rows, are not where `-o` writes. `UserError` (2). */
function requireApart(context: StoreContext, file: string, told: string | undefined): void {
  if (file !== '-') context.requireNotOutput(file, `the input file ${file}`);
  requireRoomFor(told, context);
  const rejects = told ?? usualRejects(file);
  if (rejects !== undefined && rejects !== '-')
    context.requireNotOutput(rejects, `the file of rejected rows ${rejects}`);
}

/** Where rejected rows go unless that is said; nowhere when the rows come from a stream. */
function usualRejects(file: string): string | undefined {
  return file === '-' || descriptorOf(file) !== undefined ? undefined : rejectsBeside(file);
}

/** A document on standard output would not parse with rejected rows before it. `UserError` (2). */
function requireRoomFor(
  rejects: string | undefined,
  { format, outputIsStream }: StoreContext,
): void {
  if (
    rejects === undefined ||
    !outputIsStream ||
    !isJson(format) ||
    streamNamed(rejects) !== 'output'
  )
    return;
  throw usage(`--rejects ${rejects} is standard output, where the ${format} goes`, 'name a file');
}

function inWords(file: string, { rows: count, bytes, totalBytes }: Progress): string {
  const share = totalBytes === 0 ? 100 : Math.floor((100 * bytes) / totalBytes);
  return `reading ${file}: ${counted(count, 'row')}, ${share} %`;
}
