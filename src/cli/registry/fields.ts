import type { Entries } from './entry.ts';

/** The commands on fields, in the order of the overview. */
export const FIELDS: Entries = {
  'fields:create': {
    summary: 'make a field of your own',
    load: async () => import('../commands/fields/create.ts'),
  },
  'fields:list': {
    summary: 'list the fields of contacts and companies',
    load: async () => import('../commands/fields/list.ts'),
  },
  'fields:edit': {
    summary: 'change a field',
    load: async () => import('../commands/fields/edit.ts'),
  },
  'fields:delete': {
    summary: 'delete a field with its values',
    load: async () => import('../commands/fields/delete.ts'),
  },
};
