import { guard } from '../../csv/guard.ts';
import { linesWriter } from '../../csv/line.ts';
import { toExactText } from './cells.ts';
import type { ColumnHead, Line } from './result.ts';

/** Comma- or tab-separated text, as exports write it: the header, and what writes a row. */
export function delimitedText(columns: readonly ColumnHead[], delimiter: string): { readonly header: string; readonly toText: (line: Line) => string } {
  const write = linesWriter({ delimiter, lineEnd: '\n' });
  return {
    header: write([columns.map((head) => head.key)]),
    toText: (line) => write([columns.map((head, index) => cellText(line, head, index))]),
  };
}

function cellText(line: Line, head: ColumnHead, index: number): string {
  const text = toExactText(line.cells[index] ?? null, head);
  return head.kind === 'text' || head.kind === 'list' ? guard(text) : text;
}
