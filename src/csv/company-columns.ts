import type { FieldRow } from '../store/index.ts';
import { EXIT, UserError } from '../support/errors.ts';
import { shellQuoted } from '../support/shell-quote.ts';
import type { ColumnMapping } from './column-mapping.ts';
import { findNamed } from './field-name.ts';
import { type ReadingOfValues, type ValueColumn, valueColumn } from './value-column.ts';

/**
 * The columns of a contacts file that edit the company of each contact: `company.industry`.
 * `UserError` (65) for a field that is unique: whose value it is can only be judged by a file of
 * companies.
 */
export function columnsOfCompany(
  columns: readonly ColumnMapping[],
  fields: readonly FieldRow[],
  reading: Pick<ReadingOfValues, 'dates' | 'keepBlanks'>,
): readonly ValueColumn[] {
  return columns.flatMap((column) => {
    const field = column.field === null ? undefined : findNamed(fields, column.field);
    if (field?.object !== 'company') return [];
    if (field.unique) throw uniqueOfCompany(column, field);
    const all = { ...reading, fields: [field], separators: new Map(), required: [] };
    return valueColumn({ ...column, field: field.alias }, all);
  });
}

function uniqueOfCompany({ column }: ColumnMapping, { alias }: FieldRow): UserError {
  return new UserError(
    'UNIQUE_OF_COMPANY',
    EXIT.badInput,
    `the column \`${column}\` is a unique field of companies, which contacts cannot give`,
    {
      hint:
        `leave it out with --ignore ${shellQuoted(column)}, and import it from a file with a row ` +
        `for each company: rollcall companies:import FILE --key ${alias}`,
    },
  );
}
