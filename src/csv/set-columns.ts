import type { Assignment } from '../contact/assignments.ts';
import { type Table, tableOver } from './table.ts';

/** How the column is called that `--set` adds for a field. */
export function setColumn(field: string): string {
  return `--set ${field}`;
}

/** The table with a column more for each value that all rows get. */
export function withValues(table: Table, assignments: readonly Assignment[]): Table {
  if (assignments.length === 0) return table;
  const width = table.header.length;
  const values = assignments.map(({ value }) => value);
  return tableOver(table, {
    header: [...table.header, ...assignments.map(({ name }) => setColumn(name))],
    derived: (table.derived ?? 0) + values.length,
    async *batches() {
      for await (const rows of table.batches())
        yield rows.map((row) => {
          const own = Array.from({ length: width }, (_, index) => row.cells[index] ?? '');
          return { ...row, cells: [...own, ...values, ...row.cells.slice(width)] };
        });
    },
  });
}
