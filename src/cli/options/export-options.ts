import type { ExportOptions } from '../../csv/export.ts';
import { flag, usage, value } from './options.ts';
import type { Context } from '../context.ts';
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
  { format, isSeen }: Context,
  { delimiter, bom, crlf, raw }: TextOptions,
): Writing | undefined {
  const writing = { bom, crlf, raw, shown: isSeen ? visible : undefined };
  if (format === 'csv') return { ...writing, delimiter };
  if (format === 'tsv' && delimiter === undefined) return { ...writing, delimiter: 'tab' };
  const given = Object.entries({
    '--delimiter': delimiter !== undefined,
    '--bom': bom,
    '--crlf': crlf,
    '--raw': raw,
  }).find(([, isGiven]) => isGiven);
  if (given !== undefined)
    throw usage(`\`${given[0]}\` does not go with --format ${format}`, 'it is for csv');
  return undefined;
}
