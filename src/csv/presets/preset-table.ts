import { type Table, tableOver } from '../table.ts';
import type { CsvRow } from '../tokenizer.ts';
import { findPreset } from './find-preset.ts';
import type { Preset } from './preset.ts';

/** How many records may stand before a header. */
const LONGEST_PREAMBLE = 10;

/** A table, and the system that wrote it, if that is known. */
export interface KnownTable {
  readonly table: Table;
  readonly preset?: Preset | undefined;
}

/**
 * Finds the system that wrote a file, and reads around what it writes beside the rows: lines before
 * the header and behind the last row, and JSON objects, whose keys become columns. `UserError` (2):
 * an unknown preset.
 */
export async function knownTable(table: Table, given: string | undefined): Promise<KnownTable> {
  const preset = findPreset(table.header, given);
  if (preset === undefined || preset.preamble === true) {
    const behind = given === 'none' ? undefined : await behindPreamble(table, given);
    if (behind !== undefined) return behind;
  }
  const rows = preset?.footer === undefined ? table : withoutFooter(table, preset.footer);
  const known = preset?.json === undefined ? rows : await withKeysOf(rows, preset.json);
  return { table: known, preset };
}

/** The table that begins with a header which a preset with a preamble knows. */
async function behindPreamble(
  table: Table,
  given: string | undefined,
): Promise<KnownTable | undefined> {
  for await (const rows of table.batches()) {
    for (const { cells, line } of rows.slice(0, LONGEST_PREAMBLE)) {
      const header = cells.map((cell) => cell.trim());
      const preset = findPreset(header, undefined);
      if (preset?.preamble !== true || (given ?? preset.name) !== preset.name) continue;
      const found = { header, headerLine: line };
      return { preset, table: changed(table, found, (row) => row.line > line && row) };
    }
    break;
  }
  return undefined;
}

/** From a footer's first line on, lines of one cell are no rows: whose report it is, say. */
function withoutFooter(table: Table, footer: RegExp): Table {
  const isAlone = ({ cells: [, ...others] }: CsvRow): boolean =>
    others.every((cell) => cell === '');
  return tableOver(table, {
    header: table.header,
    derived: table.derived,
    async *batches() {
      let isBehind = false;
      for await (const rows of table.batches())
        yield rows.filter((row) => {
          isBehind = isAlone(row) && (isBehind || footer.test(row.cells[0] ?? ''));
          return !isBehind;
        });
    },
  });
}

/** The table with a column more for each key of the JSON objects in this one. */
async function withKeysOf(table: Table, column: string): Promise<Table> {
  const position = table.header.findIndex((name) => name === column);
  if (position < 0) return table;
  const keys = new Set<string>();
  for await (const rows of table.batches())
    for (const { cells } of rows)
      for (const key of Object.keys(objectIn(cells[position]))) keys.add(key);
  const width = table.header.length;
  const names = [...keys].map((key) => `${column}.${key}`);
  const header = [...table.header, ...names];
  return changed(table, { header, derived: names.length }, (row) => {
    const found = objectIn(row.cells[position]);
    const own = Array.from({ length: width }, (_, index) => row.cells[index] ?? '');
    const values = [...keys].map((key) => textOf(found[key]));
    return { ...row, cells: [...own, ...values, ...row.cells.slice(width)] };
  });
}

function objectIn(cell: string | undefined): Readonly<Record<string, unknown>> {
  if (cell === undefined || !cell.trimStart().startsWith('{')) return {};
  try {
    return JSON.parse(cell) as Record<string, unknown>; // what begins with a brace is an object
  } catch (error) {
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}

/** A value of JSON as a cell has it: lists with `|` between, objects as they are written. */
function textOf(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (Array.isArray(value)) return value.map(textOf).join('|');
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** The table with another header and each row changed, or left out where that gives false. */
function changed(
  table: Table,
  own: Pick<Table, 'header' | 'headerLine' | 'derived'>,
  change: (row: CsvRow) => CsvRow | false,
): Table {
  return tableOver(table, {
    ...own,
    async *batches() {
      for await (const rows of table.batches())
        yield rows.map(change).filter((row) => row !== false);
    },
  });
}
