import type { FieldRow } from '../../store/index.ts';
import type { Cell, Column } from '../output/result.ts';

/** The columns of `fields:list`. */
export const fieldColumns: readonly Column<FieldRow>[] = [
  { key: 'id', kind: 'number', of: (field) => field.id },
  { key: 'object', fit: 'whole', of: (field) => field.object },
  { key: 'alias', of: (field) => field.alias },
  { key: 'label', fit: 'wrap', of: (field) => field.label },
  { key: 'type', fit: 'whole', of: (field) => field.type },
  { key: 'options', kind: 'list', fit: 'wrap', of: (field) => field.options },
  { key: 'unique', kind: 'boolean', importance: 'spare', of: (field) => field.unique },
  { key: 'indexed', kind: 'boolean', importance: 'spare', of: (field) => field.indexed },
  { key: 'origin', fit: 'whole', importance: 'spare', of: (field) => field.origin },
];

/** A field as programs get it from a message, with the keys of the list. */
export function fieldData(field: FieldRow): Record<string, Cell> {
  return Object.fromEntries(fieldColumns.map(({ key, of }) => [key, of(field)]));
}
