import type { FieldRow, ReadTx, RecordRow } from '../store/index.ts';
import { formatValue } from './values.ts';

/** A contact as people know it. */
export interface NamedContact {
  readonly id: number;
  /** Its address, or another unique value, or its name; null where it has none of these. */
  readonly name: string | null;
}

/** How people know these contacts, by id. */
export async function namedContacts(
  tx: ReadTx,
  ids: readonly number[],
): Promise<readonly NamedContact[]> {
  const uniques = (await tx.fields.list()).filter(
    ({ object, unique, alias }) =>
      object === 'contact' && unique && alias !== 'id' && alias !== 'email',
  );
  const columns = ['email', ...uniques.map(({ alias }) => alias), 'first_name', 'last_name'];
  const rows = await tx.contacts.list({ ids }, columns);
  return rows.map((row) => ({ id: row.id, name: nameOf(row, uniques) }));
}

function nameOf(row: RecordRow, uniques: readonly FieldRow[]): string | null {
  const email = row['email'] ?? null;
  if (email !== null) return String(email);
  const unique = uniques.find(({ alias }) => (row[alias] ?? null) !== null);
  if (unique !== undefined)
    return `${unique.alias}=${formatValue(unique.type, row[unique.alias] ?? null)}`;
  const names = [row['first_name'], row['last_name']].filter((part) => typeof part === 'string');
  return names.length === 0 ? null : names.join(' ');
}
