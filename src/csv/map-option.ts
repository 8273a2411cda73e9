import { excerpt } from '../contact/values.ts';
import { EXIT, UserError } from '../support/errors.ts';
import type { ColumnMapping } from './column-mapping.ts';
import { isRejectColumn } from './reject-lines.ts';

/** One `COLUMN=field` of `--map`, as typed. */
export interface MapEntry {
  readonly column: string;
  readonly field: string;
}

/** Instead of a field: leave the column out, as `--ignore` does. */
export const LEAVE_OUT = '-';

/** A quoted or bare name, the last `=` before the field's name, then a comma, a line or the end. */
const ENTRY = /\s*(?:"((?:[^"]|"")*)"|([^,"\r\n]*?))\s*=\s*([^=,"\r\n]*?)[^\S\r\n]*(?:,|\r?\n|$)/y;

/**
 * The entries of `E-mail=email,Prénom=first_name`. A column name with a comma or a quote must be
 * quoted, with its quotes doubled: `"Name, first"=first_name`; any name may contain `=`. In a saved
 * map each entry has a line of its own.
 * `UserError` (2) for any other form.
 */
export function parseMap(given: string): MapEntry[] {
  const text = given.trim();
  const entries: MapEntry[] = [];
  ENTRY.lastIndex = 0;
  while (ENTRY.lastIndex < text.length) {
    const [, quoted, bare = '', field = ''] = ENTRY.exec(text) ?? [];
    const column = quoted === undefined ? bare : quoted.replaceAll('""', '"');
    if (column.trim() === '' || field === '') throw badMap(text);
    entries.push({ column, field });
  }
  return entries;
}

/** The option as one types it into a shell: `--map "Opt out=unsubscribed"`. */
export function mapOptionText(entries: readonly MapEntry[]): string {
  const list = entries.map(mapEntryText).join(',');
  return /["$`\\!]/.test(list) ? `--map '${list.replaceAll("'", "'\\''")}'` : `--map "${list}"`;
}

/**
 * How columns were read, an entry a line, for `--map @FILE`. What a preset said is left to it: it
 * knows more of a column than its field.
 */
export function savedMap(columns: readonly ColumnMapping[]): string {
  const fields = new Map(
    columns.flatMap(({ column, field, how }) => {
      if (column === '' || isRejectColumn(column) || !SAVED.has(how)) return [];
      return [[column, field ?? LEAVE_OUT] as const];
    }),
  );
  return [...fields].map(([column, field]) => `${mapEntryText({ column, field })}\n`).join('');
}

const SAVED: ReadonlySet<ColumnMapping['how']> = new Set(['map', 'name', 'synonym', 'ignored']);

/** One entry, which `parseMap` reads again. */
function mapEntryText({ column, field }: MapEntry): string {
  const isPlain = column === column.trim() && !/[",\r\n]/.test(column);
  return `${isPlain ? column : `"${column.replaceAll('"', '""')}"`}=${field}`;
}

function badMap(text: string): UserError {
  return new UserError(
    'BAD_MAP',
    EXIT.usage,
    `--map is not written as COLUMN=field: \`${excerpt(text)}\``,
    {
      hint:
        'for example --map "E-mail=email,Prénom=first_name"; ' +
        'a column with a comma stands in quotes',
    },
  );
}
