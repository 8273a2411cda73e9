import type { FieldRow, RejectReason } from '../store/index.ts';
import { assertNever } from '../support/errors.ts';
import { fieldName } from './field-name.ts';
import type { ImportPlan } from './plan.ts';
import { type Rejection, rejectionFor } from './reject-lines.ts';

const RECORD = {
  contacts: 'contact',
  companies: 'company',
  events: 'contact',
  suppressions: 'contact',
} as const;

/** Why the store refused a row, in words, and the column that caused it. */
export function rejectionBy(
  reason: RejectReason,
  { shape, keyColumn, columns }: ImportPlan,
  fields: readonly FieldRow[],
): Rejection {
  const record = RECORD[shape.kind];
  const labelOf = (alias: string): string =>
    fields.find((field) => field.object === record && field.alias === alias)?.label ?? alias;
  const companyField = (alias: string): string => fieldName({ object: 'company', alias });
  const columnOf = (alias: string): string =>
    columns.find(({ field }) => field === companyField(alias))?.column ?? '';
  const inKey = (words: string): Rejection =>
    rejectionFor({ column: keyColumn, label: labelOf(shape.key), words });
  switch (reason.kind) {
    case 'duplicateKey':
      return inKey('another row of the file has it too');
    case 'unknownRecord':
      return inKey(`no ${record} has it`);
    case 'existingRecord':
      return inKey(`a ${record} has it already`);
    case 'unknownContact':
      return inKey('no contact has it');
    case 'uniqueTaken':
      return rejectionFor({
        column: columns.find((column) => column.field === reason.column)?.column ?? '',
        label: labelOf(reason.column),
        words: `another ${record} has it already`,
      });
    case 'noCompany':
      return rejectionFor({
        column: columnOf(reason.column),
        label: companyField(reason.column),
        words: 'the contact has no company to edit',
      });
    case 'companyTwice':
      return rejectionFor({
        column: columnOf(reason.column),
        label: companyField(reason.column),
        words: 'another row gives the company another value',
      });
    default:
      return assertNever(reason);
  }
}
