import type { Assignment } from '../contact/assignments.ts';
import { EXIT, UserError } from '../support/errors.ts';
import { loosely } from './loosely.ts';
import { type Table, tableOver } from './table.ts';

/** How the column is called that `--set` adds for a field. */
export function setColumn(field: string): string {
  return `--set ${field}`;
}

/**
 * The table with a column more for each value that all rows get. `UserError` (2): two for one field.
 */
export function withValues(table: Table, assignments: readonly Assignment[]): Table {
  if (assignments.length === 0) return table;
  requireOnce(assignments);
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

function requireOnce(assignments: readonly Assignment[]): void {
  const seen = new Map<string, Assignment>();
  for (const given of assignments) {
    const { name, value } = given;
    const earlier = seen.get(loosely(name));
    seen.set(loosely(name), given);
    if (earlier === undefined) continue;
    const isList = ['tags', 'segments'].includes(loosely(name));
    throw new UserError('SET_TWICE', EXIT.usage, `--set gives \`${name}\` two values`, {
      hint: isList ? `give both in one: --set '${name}=${earlier.value}|${value}'` : 'give it once',
    });
  }
}
