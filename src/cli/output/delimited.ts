import { toExactText } from './cells.ts';
import type { ColumnHead, Line } from './result.ts';

const NUMBER_OR_PHONE = /^[+-][\d\s().,-]*\d[\d\s().,-]*$/;

/** The header of comma- or tab-separated text. */
export function delimitedHeader(columns: readonly ColumnHead[], delimiter: string): string {
  return columns.map((head) => quoted(head.key, delimiter)).join(delimiter) + '\n';
}

/** One row, quoted as RFC 4180 says. */
export function delimitedLine(columns: readonly ColumnHead[], line: Line, delimiter: string): string {
  const fields = columns.map((head, index) => {
    const text = toExactText(line.cells[index] ?? null, head);
    return quoted(head.kind === 'text' || head.kind === 'list' ? guarded(text) : text, delimiter);
  });
  return fields.join(delimiter) + '\n';
}

/**
 * A text that a spreadsheet would run, or that an import would take for something else, behind a `'`: imports take it
 * off again.
 */
export function guarded(text: string): string {
  const bare = text.replace(/^'+/, '');
  return isDangerous(bare) || text === 'NULL' ? `'${text}` : text;
}

function isDangerous(text: string): boolean {
  if (/^[=@\t\r]/.test(text)) return true;
  return /^[+-]/.test(text) && !NUMBER_OR_PHONE.test(text);
}

function quoted(text: string, delimiter: string): string {
  return text.includes('"') || text.includes(delimiter) || /[\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
