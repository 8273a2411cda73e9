import type { Styles } from './colour.ts';
import { toVisibleText } from './cells.ts';
import type { ColumnHead, Line, RecordResult, RowsResult } from './result.ts';
import { padEnd, padStart, prepareToMeasure, truncate, widthOf } from './width.ts';

/** Widths are settled over this many rows, so that a long list needs no memory; a wider cell further down sticks out. */
const MEASURED_ROWS = 1_000;
const GAP = '  ';
/** No column is cut narrower than this; a terminal too narrow for that gets long lines. */
const NARROWEST = 8;

export interface Look {
  readonly styles: Styles;
  /** The width that lines are cut to; undefined off a terminal, where nothing is cut. */
  readonly width: number | undefined;
}

/** Writes a list as a table; gives how many rows there were. */
export async function writeTable(result: RowsResult, look: Look, write: (text: string) => Promise<void>): Promise<number> {
  const shown = result.columns.flatMap((head, index) => (head.inTable ? [{ head, index }] : []));
  const heads = shown.map(({ head }) => head);
  const textsOf = (line: Line): string[] => shown.map(({ head, index }) => toVisibleText(line.cells[index] ?? null, head));
  let measured: string[][] | undefined = [];
  let widths: readonly number[] = [];
  let count = 0;
  for await (const line of result.lines) {
    const texts = textsOf(line);
    await prepareToMeasure(texts);
    count++;
    if (measured === undefined) {
      await write(lineOf(texts, heads, widths, look));
    } else if (measured.push(texts) === MEASURED_ROWS) {
      widths = await writeMeasured(heads, measured, look, write);
      measured = undefined;
    }
  }
  if (measured !== undefined && count > 0) await writeMeasured(heads, measured, look, write);
  return count;
}

/** One thing as lines of name and value, nothing cut. */
export async function writeRecord(result: RecordResult, look: Look, write: (text: string) => Promise<void>): Promise<void> {
  const shown = result.columns.flatMap((head, index) => (head.inTable ? [[head.header, toVisibleText(result.line.cells[index] ?? null, head)] as const] : []));
  const width = Math.max(...shown.map(([name]) => name.length));
  for (const [name, text] of shown) await write(`${look.styles.faint(padEnd(name, width))}${GAP}${text}\n`);
}

async function writeMeasured(heads: readonly ColumnHead[], table: readonly string[][], look: Look, write: (text: string) => Promise<void>): Promise<readonly number[]> {
  await prepareToMeasure(['…']);
  const natural = heads.map((head, index) => Math.max(head.header.length, ...table.map((texts) => widthOf(texts[index] ?? ''))));
  const widths = fitted(natural, look.width);
  const headings = heads.map((head) => head.header);
  await write(`${look.styles.faint(lineOf(headings, heads, widths, look).trimEnd())}\n`);
  for (const texts of table) await write(lineOf(texts, heads, widths, look));
  return widths;
}

function lineOf(texts: readonly string[], heads: readonly ColumnHead[], widths: readonly number[], look: Look): string {
  const cells = texts.map((text, index) => {
    const width = widths[index] ?? 0;
    const cut = look.width === undefined ? text : truncate(text, width);
    return isNumeric(heads[index]) ? padStart(cut, width) : padEnd(cut, width);
  });
  return `${cells.join(GAP).trimEnd()}\n`;
}

function isNumeric(head: ColumnHead | undefined): boolean {
  return head?.kind === 'number' || head?.kind === 'count';
}

/** Takes from the widest column, again and again, until the line fits. */
function fitted(natural: readonly number[], available: number | undefined): readonly number[] {
  if (available === undefined) return natural;
  const widths = [...natural];
  let excess = widths.reduce((sum, width) => sum + width, GAP.length * (widths.length - 1)) - available;
  for (; excess > 0; excess--) {
    const widest = Math.max(...widths);
    if (widest <= NARROWEST) break;
    widths[widths.indexOf(widest)] = widest - 1;
  }
  return widths;
}
