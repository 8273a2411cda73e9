import type { ExportOptions } from '../../csv/export.ts';
import { flag, usage, value } from './options.ts';
import type { Format } from '../output/formats.ts';
import { visible } from '../output/visible.ts';
import { commaList, text } from './values.ts';

/** What the commands that export have in common. */
export const exportOptions = {
  fields: value(
    '--fields <list>',
    'which fields, in this order, with commas between; default all',
    commaList,
  ),
  delimiter: value('--delimiter <character>', 'what stands between cells, or tab', text),
  bom: flag('--bom', 'begin with a byte order mark, for Excel'),
  crlf: flag('--crlf', 'end lines with CRLF'),
  raw: flag('--raw', 'leave cells that a spreadsheet would run as they are'),
} as const;

type TextOptions = Pick<ExportOptions, 'delimiter' | 'bom' | 'crlf' | 'raw'>;
type Writing = TextOptions & Pick<ExportOptions, 'shown'>;

/** The values of `exportOptions`. */
export type GivenExport = TextOptions & Pick<ExportOptions, 'fields'>;

/**
 * How the text of an export is written; undefined for a format that is no such text. `UserError`
 * (2) when options ask for what the format does not have.
 */
export function textOptions(
  { format, isSeen }: { readonly format: Format; readonly isSeen: boolean },
  { delimiter, bom, crlf, raw }: TextOptions,
): Writing | undefined {
  const writing = { bom, crlf, raw, shown: isSeen ? visible : undefined };
  if (format === 'csv') return { ...writing, delimiter };
  if (format === 'tsv' && delimiter === undefined) return { ...writing, delimiter: 'tab' };
  const given = firstGiven({ delimiter, bom, crlf, raw });
  if (given !== undefined)
    throw usage(`\`${given}\` does not go with --format ${format}`, 'it is for csv');
  return undefined;
}

/** Of the options for text, the first that was given. */
function firstGiven({ delimiter, bom, crlf, raw }: TextOptions): string | undefined {
  return Object.entries({
    '--delimiter': delimiter !== undefined,
    '--bom': bom,
    '--crlf': crlf,
    '--raw': raw,
  }).find(([, isGiven]) => isGiven)?.[0];
}
