import type { ImportContext, ImportOptions, ImportReport } from '../../csv/import-options.ts';
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
import { thenUpdate } from './update-after.ts';
import { factsOf, labelOf, nameInProgress } from '../views/import-progress.ts';
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
  readonly update: boolean;
  readonly saveMap: string | undefined;
};

/** Imports a file behind a progress line, and tells what came of it; then updates, with `--update`. */
export async function runImport(
  context: StoreContext,
  file: string,
  { update, ...given }: GivenOptions,
  doImport: Import,
): Promise<MessageResult> {
  const asked = { update, dryRun: given.dryRun };
  return thenUpdate(context, asked, async () => importAndTell(context, file, given, doImport));
}

async function importAndTell(
  context: StoreContext,
  file: string,
  given: Omit<GivenOptions, 'update'>,
  doImport: Import,
): Promise<MessageResult> {
  const { saveMap: mapPath, ...others } = given;
  const options = optionsOf({ ...others, map: readMaps(context, given.map) });
  requireApart(context, file, given.rejects);
  requireMirrorTold(options);
  if (mapPath !== undefined) await requireRoomForMap(context, mapPath, file);
  const run = async (dryRun: boolean | undefined): Promise<ImportReport> =>
    runOnce(context, file, { ...options, dryRun }, doImport);
  if (options.mirror === true && options.dryRun !== true)
    await confirmMirror(context, file, options.segments ?? [], run);
  const report = await run(options.dryRun);
  if (mapPath !== undefined) await saveMap(mapPath, report.columns);
  return importResult(report, options);
}

async function runOnce(
  context: StoreContext,
  file: string,
  options: ImportOptions,
  doImport: Import,
): Promise<ImportReport> {
  const { store, stdin, by } = context;
  const name = nameInProgress(file);
  return context.progress(`opening ${name}`, async (say) =>
    doImport(store, file, options, {
      stdin: stdin(),
      by,
      progress: (progress) => say(labelOf(progress, name), factsOf(progress)),
    }),
  );
}

/** `UserError` (2): `--max-shrink` without `--mirror`, or that without a segment. */
function requireMirrorTold({ mirror, maxShrink, segments }: ImportOptions): void {
  if (maxShrink !== undefined && mirror !== true)
    throw usage('`--max-shrink` is for `--mirror` alone', 'add --mirror, or leave it out');
  if (mirror === true && (segments ?? []).length === 0)
    throw usage('`--mirror` needs a segment to make equal', 'name it with --segment');
}

/**
 * Asks before members leave, and says how many: what is asked about was tried in a dry run.
 * Standard input is read only once, so `--yes` has to be given with it.
 */
async function confirmMirror(
  context: StoreContext,
  file: string,
  segments: readonly string[],
  run: (dryRun: boolean) => Promise<ImportReport>,
): Promise<void> {
  const inWhich = `${segments.join(', ')} equal to ${file === '-' ? 'standard input' : file}`;
  if (file === '-' || !context.canAsk()) {
    await context.confirm(`make ${inWhich}?`);
    return;
  }
  const { left } = await run(true);
  if (left > 0)
    await context.confirm(`make ${inWhich}?`, [`${counted(left, 'member')} will leave`]);
}

/** What `-` means to `--rejects`, as it does to `-o`. */
const STANDARD_OUTPUT = '/dev/stdout';

function optionsOf(given: Omit<GivenOptions, 'update' | 'saveMap'>): ImportOptions {
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
  for (const rejects of told === undefined ? usualRejects(file) : [told])
    if (rejects !== '-') context.requireNotOutput(rejects, `the file of rejected rows ${rejects}`);
}

/** Where rejected rows may go unless that is said; nowhere when the rows come from a stream. */
function usualRejects(file: string): readonly string[] {
  if (file === '-' || descriptorOf(file) !== undefined) return [];
  return [rejectsBeside(file, 'csv'), rejectsBeside(file, 'json')];
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
