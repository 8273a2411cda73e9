import { EXIT, UserError } from '../support/errors.ts';

/** One `COLUMN=field` of `--map`, as typed. */
export interface MapEntry {
  readonly column: string;
  readonly field: string;
}

/** Instead of a field: leave the column out, as `--ignore` does. */
export const LEAVE_OUT = '-';

/** A quoted or bare name, the last `=` before the field's name, then a comma or the end. */
const ENTRY = /\s*(?:"((?:[^"]|"")*)"|([^,"]*?))\s*=\s*([^=,"]*?)\s*(?:,|$)/y;

/**
 * The entries of `E-mail=email,Prénom=first_name`. A column name with a comma or a quote must be
 * quoted, with its quotes doubled: `"Name, first"=first_name`; any name may contain `=`.
 * `UserError` (2) for any other form.
 */
export function parseMap(text: string): MapEntry[] {
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

/** One entry, which `parseMap` reads again. */
export function mapEntryText({ column, field }: MapEntry): string {
  const isPlain = column === column.trim() && !/[",\r\n]/.test(column);
  return `${isPlain ? column : `"${column.replaceAll('"', '""')}"`}=${field}`;
}

function badMap(text: string): UserError {
  return new UserError('BAD_MAP', EXIT.usage, `--map is not written as COLUMN=field: \`${text}\``, {
    hint:
      'for example --map "E-mail=email,Prénom=first_name"; ' +
      'a column with a comma stands in quotes',
  });
}
