import type { TextOptions } from '../../csv/export.ts';
import { flag, usage, value, type ValuesOf } from './options.ts';
import type { Format } from '../output/formats.ts';
import { visible } from '../output/visible.ts';
import { cursor, fieldList, fileName, text } from './values.ts';

/** Which contacts an export is about. Not on exports that are about one segment: `segment`. */
const selectionOptions = {
  where: value(
    '--where <filter>',
    'only contacts whom the filter matches; - reads it from stdin, @FILE from a file',
    text,
  ),
  search: value('--search <words>', 'only contacts whom the search finds', text),
} as const;

const segmentOption = {
  segment: value('--segment <segment>', 'only the members of this segment, by alias or id', text),
} as const;

/** How a file is written. */
const writingOptions = {
  delimiter: value('--delimiter <character>', 'what stands between cells, or tab', text),
  bom: flag('--bom', 'begin with a byte order mark, for Excel'),
  crlf: flag('--crlf', 'end lines with CRLF'),
  raw: flag('--raw', 'leave cells that a spreadsheet would run as they are'),
  localTime: flag(
    '--local-time',
    "write instants in the store's zone, with their offset, not in UTC",
  ),
  manifest: value(
    '--manifest <file>',
    'write there what was exported as of when, how many rows, and their hash',
    fileName,
  ),
} as const;

/** What the commands have in common that export the members of one segment. */
const memberExportOptions = {
  ...selectionOptions,
  fields: value(
    '--fields <list>',
    'which fields, in this order, with commas between; default all',
    fieldList,
  ),
  ...writingOptions,
} as const;

/** What the export of a segment's members knows beside that. */
export const segmentExportOptions = {
  ...memberExportOptions,
  changesSince: value(
    '--changes-since <cursor>',
    'only who joined and left behind this cursor, one row a change in the order of commits, with ' +
      'what it was in _change; start means from the beginning',
    cursor,
  ),
  cursorFile: value(
    '--cursor-file <file>',
    'write there the cursor that belongs to the export, when all of it is written',
    fileName,
  ),
} as const;

/** What those have in common that export records of fields. */
export const exportOptions = { ...segmentOption, ...memberExportOptions } as const;

/** The same where the columns are always the same. */
export const plainExportOptions = {
  ...segmentOption,
  ...selectionOptions,
  ...writingOptions,
} as const;

/** The values of these options. */
export interface GivenExport extends Omit<ValuesOf<typeof plainExportOptions>, 'segment'> {
  readonly segment?: string | undefined;
  readonly fields?: readonly string[] | undefined;
}

type Dialect = Pick<GivenExport, 'delimiter' | 'bom' | 'crlf' | 'raw'>;

/**
 * How the text of an export is written; undefined for a format that is no such text. `UserError`
 * (2) when options ask for what the format does not have.
 */
export function textOptions(
  { format, isSeen }: { readonly format: Format; readonly isSeen: boolean },
  { delimiter, bom, crlf, raw }: Dialect,
): TextOptions | undefined {
  const writing = { bom, crlf, raw, shown: isSeen ? visible : undefined };
  if (format === 'csv') return { ...writing, delimiter };
  if (format === 'tsv' && delimiter === undefined) return { ...writing, delimiter: 'tab' };
  const given = firstGiven({ delimiter, bom, crlf, raw });
  if (given !== undefined)
    throw usage(`\`${given}\` does not go with --format ${format}`, 'it is for csv');
  return undefined;
}

/** Of the options for text, the first that was given. */
function firstGiven({ delimiter, bom, crlf, raw }: Dialect): string | undefined {
  return Object.entries({
    '--delimiter': delimiter !== undefined,
    '--bom': bom,
    '--crlf': crlf,
    '--raw': raw,
  }).find(([, isGiven]) => isGiven)?.[0];
}
