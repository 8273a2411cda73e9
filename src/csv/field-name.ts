import { findField } from '../contact/fields.ts';
import type { FieldRow } from '../store/index.ts';

const OF_COMPANY = 'company.';

/** How a field is called where those of contacts and companies stand together: `company.industry`. */
export function fieldName({ object, alias }: Pick<FieldRow, 'object' | 'alias'>): string {
  return object === 'company' ? `${OF_COMPANY}${alias}` : alias;
}

/** The field of such a name. */
export function findNamed(fields: readonly FieldRow[], name: string): FieldRow | undefined {
  return name.startsWith(OF_COMPANY)
    ? findField(fields, 'company', name.slice(OF_COMPANY.length))
    : findField(fields, 'contact', name);
}

/** What comes after `company.` in the name of a column; undefined for other names. */
export function nameOfCompanyField(column: string): string | undefined {
  return /^company\.(.+)$/is.exec(column.trim())?.[1];
}
