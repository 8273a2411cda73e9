import type { FieldRow, RejectReason } from '../store/index.ts';
import { assertNever } from '../support/errors.ts';
import { fieldName } from './field-name.ts';
import type { ImportPlan } from './plan.ts';
import type { Rejection } from './reject-lines.ts';

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
  const key = labelOf(shape.key);
  switch (reason.kind) {
    case 'duplicateKey':
      return { column: keyColumn, reason: `${key}: another row of the file has it too` };
    case 'unknownRecord':
      return { column: keyColumn, reason: `${key}: no ${record} has it` };
    case 'existingRecord':
      return { column: keyColumn, reason: `${key}: a ${record} has it already` };
    case 'unknownContact':
      return { column: keyColumn, reason: `${key}: no contact has it` };
    case 'uniqueTaken':
      return {
        column: columns.find((column) => column.field === reason.column)?.column ?? '',
        reason: `${labelOf(reason.column)}: another ${record} has it already`,
      };
    case 'noCompany':
      return {
        column: columnOf(reason.column),
        reason: `${companyField(reason.column)}: the contact has no company to edit`,
      };
    case 'companyTwice':
      return {
        column: columnOf(reason.column),
        reason: `${companyField(reason.column)}: another row gives the company another value`,
      };
    default:
      return assertNever(reason);
  }
}
