import type {
  ImportContext,
  ImportOptions,
  ImportReport,
  Progress,
} from '../../csv/import-options.ts';
import type { ColumnMapping } from '../../csv/columns.ts';
import { parseMaxRejects } from '../../csv/max-rejects.ts';
import { rejectsBeside } from '../../csv/rejects.ts';
import type { Store } from '../../store/index.ts';
import { EXIT } from '../../support/errors.ts';
import { descriptorOf } from '../../support/file-place.ts';
import { counted, grouped } from '../../support/text.ts';
import type { StoreContext } from '../context.ts';
import { argument, flag, usage, value, values } from '../options/options.ts';
import { streamNamed } from '../other-file.ts';
import { isJson } from '../output/formats.ts';
import { type MessageResult, type RowsResult, rows } from '../output/result.ts';
import { choice, text } from '../options/values.ts';

/**
 * What the commands that import files have in common: arguments, options, and how a report is told.
 */
export const importArguments = {
  file: argument('file', 'a CSV file; - is standard input', text),
} as const;

export const importOptions = {
  map: values(
    '--map <list>',
    'which field a column is read into, against its name: "E-mail=email,Prénom=first_name"',
    text,
  ),
  ignore: values('--ignore <column>', 'a column to leave out', text),
  maxRejects: value(
    '--max-rejects <n>',
    'import nothing when more rows than this, 20 or 2%, are rejected',
    text,
  ),
  rejects: value(
    '--rejects <file>',
    'where rejected rows go, - is standard output; default FILE.rejects.csv',
    text,
  ),
  delimiter: value(
    '--delimiter <character>',
    'what stands between cells, or tab; default found',
    text,
  ),
  encoding: value(
    '--encoding <name>',
    'of a file that is not UTF-8: windows-1252, utf-16le, …',
    text,
  ),
  dateFormat: value(
    '--date-format <format>',
    'YMD, DMY, MDY or a pattern such as DD/MM/YYYY; default found',
    text,
  ),
  dryRun: flag('--dry-run', 'show how columns are read and what would be done, and do nothing'),
} as const;

/** For files in which each row is a record of its own. */
export const recordOptions = {
  key: value('--key <field>', 'the unique field that says which record a row is about', text),
  mode: value(
    '--mode <mode>',
    'upsert, insert or update; default upsert',
    choice(['upsert', 'insert', 'update']),
  ),
  duplicates: value(
    '--duplicates <which>',
    'of rows with one key last, first or error; default last, whose filled cells win',
    choice(['last', 'first', 'error']),
  ),
} as const;

type Import = (
  store: Store,
  file: string,
  options: ImportOptions,
  context: ImportContext,
) => Promise<ImportReport>;
type GivenOptions = Omit<ImportOptions, 'maxRejects'> & { readonly maxRejects: string | undefined };

/** Imports a file behind a progress line, and tells what came of it: 3 when rows were rejected. */
export async function runImport(
  context: StoreContext,
  file: string,
  given: GivenOptions,
  doImport: Import,
): Promise<MessageResult> {
  const options = {
    ...given,
    rejects: given.rejects === '-' ? STANDARD_OUTPUT : given.rejects,
    maxRejects: given.maxRejects === undefined ? undefined : parseMaxRejects(given.maxRejects),
  };
  const { store, stdin, now, by } = context;
  if (file !== '-') context.requireNotOutput(file, `the input file ${file}`);
  const { rejects: told } = given;
  requireRoomFor(told, context);
  const rejects =
    told ?? (file === '-' || descriptorOf(file) !== undefined ? undefined : rejectsBeside(file));
  if (rejects !== undefined && rejects !== '-') {
    context.requireNotOutput(rejects, `the file of rejected rows ${rejects}`);
  }
  const report = await context.progress(`reading ${file}`, async (say) =>
    doImport(store, file, options, {
      stdin: stdin(),
      now,
      by,
      progress: (progress) => say(inWords(file, progress)),
    }),
  );
  const dryRun = given.dryRun === true;
  return {
    kind: 'message',
    text: [
      `${dryRun ? 'dry run, nothing was changed: ' : ''}${figuresOf(report)}`,
      ...(report.rejectsFile === null ? [] : [`rejected rows are in ${report.rejectsFile}`]),
    ],
    data: {
      ...dataOf(report),
      dry_run: dryRun,
      ...(dryRun ? { columns: report.columns.map(columnData) } : {}),
    },
    warnings: [...report.notes, ...rejectWarnings(report)],
    exit: report.rejected > 0 ? EXIT.partial : EXIT.done,
    ...(dryRun ? { details: mappingTable(report.columns) } : {}),
  };
}

/** What `-` means to `--rejects`, as it does to `-o`. */
const STANDARD_OUTPUT = '/dev/stdout';

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

/** `2,000 rows: 1,990 inserted, 10 updated`; what is 0 is left out but for a file without news. */
function figuresOf(report: ImportReport): string {
  const { inserted, updated, unchanged, merged, rejected } = report;
  const parts = Object.entries({ inserted, updated, unchanged, merged, rejected })
    .filter(([, count]) => count > 0)
    .map(([word, count]) => `${grouped(count)} ${word}`);
  const joined =
    report.segmentAdded === 0 ? '' : `; ${counted(report.segmentAdded, 'membership')} began`;
  const held = report.heldOut === 0 ? '' : `; ${grouped(report.heldOut)} held out`;
  return `${counted(report.rows, 'row')}: ${parts.join(', ')}${joined}${held}`;
}

function dataOf({
  rows: count,
  inserted,
  updated,
  unchanged,
  merged,
  rejected,
  rejectsFile,
  segmentAdded,
  heldOut,
  ms,
}: ImportReport): Record<string, unknown> {
  return {
    rows: count,
    inserted,
    updated,
    unchanged,
    merged,
    rejected,
    held_out: heldOut,
    rejects_file: rejectsFile,
    segment_added: segmentAdded,
    ms,
  };
}

function columnData({ column, field, how }: ColumnMapping): Record<string, unknown> {
  return { column, field, how };
}

function rejectWarnings({ samples, rejected }: ImportReport): string[] {
  const shown = samples.map(({ line, reason }) => `line ${line}: ${reason}`);
  return rejected > samples.length
    ? [...shown, `and ${counted(rejected - samples.length, 'more rejected row')}`]
    : shown;
}

function mappingTable(columns: readonly ColumnMapping[]): RowsResult {
  return rows({
    rows: columns,
    columns: [
      { key: 'column', fit: 'key', of: ({ column }) => column },
      { key: 'field', fit: 'key', of: ({ field }) => field },
      { key: 'how', fit: 'wrap', of: ({ how }) => how },
    ],
    id: ({ position }) => position,
    empty: 'no columns',
  });
}
