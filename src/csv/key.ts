import { getField } from '../contact/fields.ts';
import { isProblem, parseEmail } from '../contact/values.ts';
import type { FieldRow, RecordKind } from '../store/index.ts';
import { EXIT, UserError } from '../support/errors.ts';
import { nearest } from '../support/nearest.ts';
import { columnList } from './column-names.ts';
import type { ColumnMapping } from './column-mapping.ts';
import { loosely, wordsOf } from './loosely.ts';
import { mapOptionText } from './map-option.ts';
import type { Table } from './table.ts';

/** The unique field that a key names. `UserError` (2): unknown or not unique. */
export function keyField(fields: readonly FieldRow[], object: RecordKind, alias: string): FieldRow {
  const field = getField(fields, object, alias);
  if (field.unique) return field;
  const unique = fields
    .filter((other) => other.object === object && other.unique)
    .map((other) => `\`${other.alias}\``);
  throw new UserError(
    'NOT_UNIQUE',
    EXIT.usage,
    `\`${field.alias}\` cannot be the key: it is not unique`,
    { hint: `unique fields are ${unique.join(', ')}` },
  );
}

/**
 * The unique field of contacts for whose values wishes are kept: the address, unless another is
 * named. `UserError` (2) as `keyField`, and for ids, which nobody has who is not there.
 */
export function wishField(fields: readonly FieldRow[], alias = 'email'): FieldRow {
  const field = keyField(fields, 'contact', alias);
  if (field.alias !== 'id') return field;
  throw new UserError('NO_WISHES', EXIT.usage, 'nothing stands for ids of contacts', {
    hint: 'name another unique field, or leave --key out for e-mail addresses',
  });
}

/**
 * The column that is read into `field`. `UserError` (65), with a similar column, if there is none.
 */
export function expectColumn(
  table: Table,
  columns: readonly ColumnMapping[],
  field: { readonly alias: string; readonly label: string },
  what: string,
): ColumnMapping {
  const found = columns.find((column) => column.field === field.alias);
  if (found !== undefined) return found;
  throw new UserError('NO_KEY_COLUMN', EXIT.badInput, `${table.name} has no column for ${what}`, {
    hint: hintOf(table, nearColumn(columns, field), field.alias),
  });
}

function hintOf({ header }: Table, near: string | undefined, field: string): string {
  const address = header.find((cell) => cell.includes('@') && !isProblem(parseEmail(cell)));
  if (address !== undefined)
    return `its first line, with \`${address}\`, must name the columns: put such a line before it`;
  return near === undefined
    ? `say which it is: --map "COLUMN=${field}"; the columns are ${columnList(header)}`
    : `is it \`${near}\`? then add ${mapOptionText([{ column: near, field }])}`;
}

/** A column that is not read and whose name is similar to the field's. */
function nearColumn(
  columns: readonly ColumnMapping[],
  { alias, label }: { readonly alias: string; readonly label: string },
): string | undefined {
  const open = columns
    .filter(({ how, column }) => how === 'unknown' && column !== '' && !holdsLabels(column))
    .map((column) => column.column);
  const containing = open.find(
    (column) =>
      loosely(column).includes(loosely(alias)) || loosely(column).includes(loosely(label)),
  );
  return containing ?? nearest(alias, open)[0] ?? nearest(label, open)[0];
}

/** Whether a column says of which kind another one is: `E-mail 1 - Type`. */
function holdsLabels(column: string): boolean {
  return /\b(?:label|type|kind|libelle|typ|art)s?$/.test(wordsOf(column));
}
