import { formatInstant } from '../../support/instant.ts';
import { numberText } from '../../support/exact-number.ts';
import type { WriteInstant } from '../../support/local-instant.ts';
import type { Cell, ColumnHead, Line } from './result.ts';
import { visible } from './visible.ts';

/**
 * A cell as JSON has it: instants as RFC 3339 text, all else as it is. JSON has no word for numbers
 * beyond all others, so that `Infinity` is a text.
 */
function toJsonValue(cell: Cell, head: ColumnHead): unknown {
  if (typeof cell !== 'number') return cell;
  if (head.kind === 'instant') return formatInstant(cell);
  return Number.isFinite(cell) ? cell : String(cell);
}

/** A row as a JSON object. */
export function toJsonObject(columns: readonly ColumnHead[], line: Line): Record<string, unknown> {
  return Object.fromEntries(
    columns.map((head, index) => [head.key, toJsonValue(line.cells[index] ?? null, head)]),
  );
}

/** The text of such an object, in which whole numbers have all their digits. */
export function toJsonText(
  columns: readonly ColumnHead[],
  { cells }: Line,
  instant: WriteInstant = formatInstant,
): string {
  const pairs = columns.map((head, index) => {
    const cell = cells[index] ?? null;
    return `${JSON.stringify(head.key)}:${jsonCell(cell, head, instant)}`;
  });
  return `{${pairs.join(',')}}`;
}

function jsonCell(cell: Cell, head: ColumnHead, instant: WriteInstant): string {
  if (typeof cell !== 'number') return JSON.stringify(cell);
  if (head.kind === 'instant') return JSON.stringify(instant(cell));
  return Number.isFinite(cell) ? numberText(cell) : JSON.stringify(String(cell));
}

/**
 * A cell as delimited text has it: exact, missing is empty, lists joined by `|`, objects as JSON.
 */
export function toExactText(cell: Cell, head: Pick<ColumnHead, 'kind'>): string {
  if (cell === null) return '';
  if (Array.isArray(cell)) return cell.join('|');
  if (typeof cell === 'object') return JSON.stringify(cell);
  if (typeof cell === 'number')
    return head.kind === 'instant' ? formatInstant(cell) : numberText(cell);
  return String(cell);
}

/** What people see where a value is missing. */
export const NOTHING = '-';

/**
 * A cell as people see it: safe on a terminal; the parts of `lines`, and of instants in two lines,
 * are set apart by `\n`.
 */
export function toVisibleText(
  cell: Cell,
  head: Pick<ColumnHead, 'kind'>,
  instant: WriteInstant,
): string {
  if (cell === null) return NOTHING;
  if (typeof cell === 'boolean') return cell ? 'yes' : 'no';
  if (typeof cell === 'number') return numberInWords(cell, head, instant);
  if (isList(cell)) return listText(cell, head);
  if (typeof cell === 'object') return visible(objectText(cell)) || NOTHING;
  return visible(toExactText(cell, head));
}

function numberInWords(
  number: number,
  head: Pick<ColumnHead, 'kind'>,
  instant: WriteInstant,
): string {
  if (head.kind === 'count') return grouped(number);
  return head.kind === 'instant' ? instant(number) : toExactText(number, head);
}

type List = Extract<Cell, readonly unknown[]>;

function isList(cell: Cell): cell is List {
  return Array.isArray(cell);
}

function listText(list: List, { kind }: Pick<ColumnHead, 'kind'>): string {
  const parts = list.map((part) => visible(String(part ?? NOTHING)));
  return parts.join(kind === 'lines' ? '\n' : ', ') || NOTHING;
}

/** `contacts: 2; contact ids: 4, 7`, without what is missing. */
function objectText(object: Readonly<Record<string, unknown>>): string {
  return Object.entries(object)
    .filter(([, value]) => value !== null)
    .map(([key, value]) => `${key.replaceAll('_', ' ')}: ${partText(value)}`)
    .join('; ');
}

function partText(value: unknown): string {
  if (Array.isArray(value)) return value.map(partText).join(', ');
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function grouped(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',');
}
