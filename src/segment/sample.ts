/** A few contacts with what a filter reads of them. */
import { findField } from '../contact/fields.ts';
import { type PlainValue, plainValue } from '../contact/plain-values.ts';
import { type Catalogue, dependencies, type FilterAst } from '../filter/index.ts';
import type { Condition } from '../sql/condition.ts';
import type { FieldRow, ReadTx, RecordRow } from '../store/index.ts';

/** `values` are in the order of the sample's fields. */
export interface SampledContact {
  readonly id: number;
  readonly email: string | null;
  readonly name: string | null;
  readonly values: readonly PlainValue[];
}

export interface Sample {
  /**
   * The fields that the filter reads, company fields among them, without `id`, `email` and the
   * names, which every sampled contact has anyway.
   */
  readonly fields: readonly FieldRow[];
  readonly contacts: readonly SampledContact[];
}

const ALWAYS = ['id', 'email', 'first_name', 'last_name'];

/** The first `limit` contacts by id that satisfy `where`, the condition of `ast`. */
export async function sampleContacts(
  tx: ReadTx,
  ast: FilterAst,
  {
    where,
    catalogue,
    limit,
  }: { readonly where: Condition; readonly catalogue: Catalogue; readonly limit: number },
): Promise<Sample> {
  const fields = await fieldsRead(tx, ast, catalogue);
  if (limit === 0) return { fields, contacts: [] };
  const [ofContact, ofCompany] = [aliasesOf(fields, 'contact'), aliasesOf(fields, 'company')];
  const rows = await tx.contacts.list({ where, limit }, [
    ...ALWAYS,
    ...ofContact,
    ...(ofCompany.length === 0 ? [] : ['company_id']),
  ]);
  const companies =
    ofCompany.length === 0
      ? []
      : await tx.companies.list({ ids: rows.flatMap(companyOf) }, ofCompany);
  const valueOf = ({ object, alias, type }: FieldRow, row: RecordRow): PlainValue => {
    const record =
      object === 'contact' ? row : companies.find(({ id }) => companyOf(row).includes(id));
    return plainValue(type, record?.[alias] ?? null);
  };
  return {
    fields,
    contacts: rows.map((row) => ({
      id: row.id,
      email: textOf(row['email']),
      name: nameOf(row),
      values: fields.map((field) => valueOf(field, row)),
    })),
  };
}

async function fieldsRead(tx: ReadTx, ast: FilterAst, catalogue: Catalogue): Promise<FieldRow[]> {
  const known = await tx.fields.list();
  const reads = dependencies(ast, catalogue);
  const fields = known.filter(
    ({ id, object, alias }) =>
      reads.fields.includes(id) && !(object === 'contact' && ALWAYS.includes(alias)),
  );
  const tags = reads.tags ? findField(known, 'contact', 'tags') : undefined;
  return tags === undefined || fields.includes(tags) ? fields : [...fields, tags];
}

function aliasesOf(fields: readonly FieldRow[], object: FieldRow['object']): string[] {
  return fields.filter((field) => field.object === object).map(({ alias }) => alias);
}

function companyOf(row: RecordRow): number[] {
  const id = row['company_id'];
  return typeof id === 'number' ? [id] : [];
}

/** First and last name; null without either. */
export function nameOf(row: RecordRow): string | null {
  const parts = [row['first_name'], row['last_name']]
    .flatMap((part) => textOf(part) ?? [])
    .filter((part) => part !== '');
  return parts.length === 0 ? null : parts.join(' ');
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
