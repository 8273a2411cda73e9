import { splitGraphemes, type Grapheme } from '../../support/width.ts';
import type { SourceText, Span } from '../parsed.ts';

const MOST_COLUMNS = 76;
const MOST_CHARACTERS = 400; // read on either side of the span: a line may be megabytes long

/**
 * Control characters, line and paragraph separators, and marks that turn the direction of writing.
 */
const UNSAFE =
  /[\p{Cc}\u{2028}\u{2029}\u{200e}\u{200f}\u{202a}-\u{202e}\u{2066}-\u{2069}\u{feff}]/gu;

/**
 * An excerpt in three lines: the place (`file:line:column`, counted from 1 in code points), the
 * line of the text, and carets under the span.
 */
export function excerpt({ text, source }: SourceText, span: Span): string[] {
  const lineStart = text.lastIndexOf('\n', span.start - 1) + 1;
  const lineEnd = text.indexOf('\n', lineStart);
  const line = text.slice(lineStart, lineEnd === -1 ? text.length : lineEnd).replace(/\r$/, '');
  const start = span.start - lineStart;
  const end = Math.max(Math.min(span.end - lineStart, line.length), start + 1);
  const lineNumber = text.slice(0, lineStart).split('\n').length;
  const column = Array.from(line.slice(0, start)).length + 1;
  const cells = shownCells(line, start);
  const before = widthOf(cells.filter((cell) => cell.start < start));
  const under = widthOf(cells.filter((cell) => cell.start >= start && cell.start < end));
  return [
    `${source ?? 'filter'}:${lineNumber}:${column}`,
    cells
      .map((cell) => cell.text)
      .join('')
      .trimEnd(),
    ' '.repeat(before) + '^'.repeat(Math.max(1, under)),
  ];
}

/** The cells of the line around `start` that fit a terminal; `…` where some are left out. */
function shownCells(line: string, start: number): Grapheme[] {
  const from = Math.max(0, start - MOST_CHARACTERS);
  const near = line
    .slice(from, start + MOST_CHARACTERS)
    .replaceAll('\t', ' ')
    .replace(UNSAFE, '\u{fffd}');
  const cells = splitGraphemes(near).map((cell) => ({ ...cell, start: cell.start + from }));
  if (from === 0 && near.length === line.length && widthOf(cells) <= MOST_COLUMNS) return cells;
  const ahead = cells.filter((cell) => cell.start < start).slice(-MOST_COLUMNS / 4);
  const behind = cells.filter((cell) => cell.start >= start);
  const hidden = (ahead[0]?.start ?? 0) > 0;
  const first: Grapheme[] = hidden ? [{ text: '…', start: -1, width: 1 }, ...ahead] : ahead;
  return fit(first, behind, line.length);
}

function fit(shown: readonly Grapheme[], more: readonly Grapheme[], length: number): Grapheme[] {
  const cells = [...shown];
  let width = widthOf(cells);
  for (const cell of more) {
    width += cell.width;
    if (width > MOST_COLUMNS - 1) return [...cells, { text: '…', start: length, width: 1 }];
    cells.push(cell);
  }
  return cells;
}

function widthOf(cells: readonly Grapheme[]): number {
  return cells.reduce((sum, cell) => sum + cell.width, 0);
}
