import { CONSENT_FIELDS } from '../../contact/consent.ts';
import { consentCell } from '../../csv/consent/cells.ts';
import { guardFromImports } from '../../csv/guard.ts';
import { guardOf } from '../../csv/value-columns.ts';
import type { FieldRow } from '../../store/index.ts';
import type { Cell, Column } from '../output/result.ts';

/**
 * The columns of objects that an import is to read back as they are: texts that it would take for
 * others are guarded, as in CSV. Lists need no guard but for channels that are words of a status.
 * `fields` are those that the columns are named after, if any.
 */
export function importableColumns<Row>(
  columns: readonly Column<Row>[],
  fields: readonly FieldRow[] = [],
): Column<Row>[] {
  return columns.map((column) => {
    const field = fields.find(({ alias }) => alias === column.key);
    return { ...column, of: (row) => importable(column.of(row), field) };
  });
}

function importable(cell: Cell, field: FieldRow | undefined): Cell {
  if (typeof cell === 'string') return guardFromImports(cell, guardOf(field?.type ?? 'text'));
  if (!Array.isArray(cell) || field === undefined || !CONSENT_FIELDS.includes(field)) return cell;
  const channels = cell.join('|');
  const worded = consentCell(channels);
  return worded === channels ? cell : worded;
}
