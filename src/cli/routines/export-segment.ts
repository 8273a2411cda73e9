import { chooseFields, exportChanges } from '../../csv/export.ts';
import { type FeedPage, presentCursor } from '../../segment/feed.ts';
import { getSegment } from '../../segment/lookup.ts';
import type { ReadTx } from '../../store/index.ts';
import { formatInstant } from '../../support/instant.ts';
import type { StoreContext } from '../context.ts';
import {
  type GivenExport,
  type segmentExportOptions,
  textOptions,
} from '../options/export-options.ts';
import { usage, type ValuesOf } from '../options/options.ts';
import { streamNamed } from '../other-file.ts';
import type { RawResult, RowsResult } from '../output/result.ts';
import { runExport } from './export.ts';
import { contactExporter } from './exported-contacts.ts';
import { counting } from './manifest.ts';

type Given = ValuesOf<typeof segmentExportOptions>;

/** The cursor that belongs to what is written; undefined until that is known. */
interface Reached {
  cursor: string | undefined;
}

/** The members of a segment, or who joined and left it, and the cursor from which to go on. */
export async function exportSegment(
  context: StoreContext,
  segment: string,
  { changesSince, cursorFile, ...given }: Given,
): Promise<RawResult | RowsResult> {
  const reached: Reached = { cursor: undefined };
  if (cursorFile !== undefined) await requireRoomForCursor(context, cursorFile, given);
  const found =
    changesSince === undefined
      ? await membersOf(context, { ...given, segment }, reached)
      : await changesOf(context, { ...given, segment, since: changesSince }, reached);
  return cursorFile === undefined
    ? found
    : { ...found, beside: { path: cursorFile, text: () => `${reached.cursor ?? ''}\n` } };
}

/** Refuses what the file cannot stand beside. `UserError` (2). */
async function requireRoomForCursor(
  context: StoreContext,
  path: string,
  { manifest }: Pick<Given, 'manifest'>,
): Promise<void> {
  if (manifest !== undefined)
    throw usage('`--cursor-file` and `--manifest` do not go together', 'give one of them');
  context.requireNotOutput(path, `the cursor file ${path}`);
  if (context.outputIsStream && streamNamed(path) === 'output')
    throw usage(`--cursor-file ${path} is where the rows go`, 'name another file');
  await context.store.requireOtherFile(path, '--cursor-file');
}

/** Of rows that are read later than the cursor, the feed tells some once more, which harms nobody. */
async function membersOf(
  context: StoreContext,
  given: GivenExport & { readonly segment: string },
  reached: Reached,
): Promise<RawResult | RowsResult> {
  const notes: string[] = [];
  const onSnapshot = async (tx: ReadTx): Promise<void> => {
    reached.cursor = await presentCursor(tx, [(await getSegment(tx, given.segment)).id]);
    notes[0] = cursorNote(reached.cursor);
  };
  await context.store.read(onSnapshot); // text is of a snapshot of its own, later
  const found = await runExport(context, given, {
    ...contactExporter,
    text: (store, options, warn) => contactExporter.text(store, { ...options, onSnapshot }, warn),
  });
  return { ...found, notes };
}

interface ChangesOf extends Omit<Given, 'changesSince' | 'cursorFile'> {
  readonly segment: string;
  readonly since: string;
}

async function changesOf(
  context: StoreContext,
  { segment, since, ...given }: ChangesOf,
  reached: Reached,
): Promise<RawResult> {
  requireOfChanges(given);
  const dialect = textOptions(context, given);
  if (dialect === undefined)
    throw usage(
      `\`--changes-since\` does not go with --format ${context.format}`,
      'it is for csv; segments:changes writes JSON',
    );
  const { store } = context;
  const fields = await store.read(async (tx) =>
    chooseFields(await tx.fields.list(), 'contact', given.fields).map(({ alias }) => alias),
  );
  const instant = given.localTime ? await context.instants() : formatInstant;
  const notes: string[] = [];
  const warnings: string[] = [];
  const onEnd = ({ end, warnings: told }: Pick<FeedPage, 'end' | 'warnings'>): void => {
    reached.cursor = end;
    notes[0] = cursorNote(end);
    warnings.splice(0, warnings.length, ...told);
  };
  const counter = { rows: 0 };
  const options = { segment, since, fields, onEnd, instant, ...dialect, ...counting(counter) };
  const chunks = exportChanges(store, options);
  return { kind: 'raw', chunks, rows: () => counter.rows, notes, warnings };
}

/** Which contacts changed is not asked of their fields. `UserError` (2). */
function requireOfChanges({ where, search, manifest }: GivenExport): void {
  const [wrong] = Object.entries({ where, search, manifest }).find(
    ([, given]) => given !== undefined,
  ) ?? [undefined];
  if (wrong !== undefined)
    throw usage(`\`--${wrong}\` does not go with --changes-since`, 'leave one of them out');
}

function cursorNote(cursor: string): string {
  return `cursor ${cursor}`;
}
