/**
 * The types that a field of contacts or companies may have, in the order in which messages name
 * them. `tags` is the one set of tags that a contact has.
 */
export const FIELD_TYPES = [
  'text',
  'number',
  'boolean',
  'date',
  'datetime',
  'email',
  'url',
  'phone',
  'select',
  'multiselect',
  'tags',
] as const;
export type FieldType = (typeof FIELD_TYPES)[number];
