import type { CommandResult } from './result.ts';

export const FORMATS = ['table', 'json', 'ndjson', 'csv', 'tsv', 'ids'] as const;
export type Format = (typeof FORMATS)[number];

/** The formats that a kind of result can take; `raw` text stands as it is. */
export const FORMATS_OF: Readonly<Record<CommandResult['kind'], readonly Format[]>> = {
  rows: FORMATS,
  record: FORMATS,
  message: ['table', 'json', 'ndjson'],
  raw: ['table'],
};

export function isJson(format: Format): boolean {
  return format === 'json' || format === 'ndjson';
}
