import { guard } from '../../csv/guard.ts';
import { linesWriter } from '../../csv/line.ts';
import { toExactText } from './cells.ts';
import type { CellKind, ColumnHead, Line } from './result.ts';

export interface DelimitedText {
  readonly header: string;
  readonly toText: (line: Line) => string;
}

/**
 * Comma- or tab-separated text, as exports write it: the header, and what writes a row. `shown`
 * stands for a cell's text.
 */
export function delimitedText(
  columns: readonly ColumnHead[],
  delimiter: string,
  shown: (text: string) => string,
): DelimitedText {
  const write = linesWriter({ delimiter, lineEnd: '\n' });
  return {
    header: write([columns.map((head) => shown(head.key))]),
    toText: (line) => write([columns.map((head, index) => shown(cellText(line, head, index)))]),
  };
}

/** What may hold a text of somebody else's, which a spreadsheet must not take for a formula. */
const TEXTS: ReadonlySet<CellKind> = new Set(['text', 'list', 'lines']);

function cellText(line: Line, head: ColumnHead, index: number): string {
  const text = toExactText(line.cells[index] ?? null, head);
  return TEXTS.has(head.kind) ? guard(text) : text;
}
