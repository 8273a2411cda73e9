import type { Entries } from './entry.ts';

/** The commands on contacts, in the order of the overview. */
export const CONTACTS: Entries = {
  'contacts:add': {
    summary: 'add a contact',
    load: async () => import('../commands/contacts/add.ts'),
  },
  'contacts:edit': {
    summary: 'change a contact',
    load: async () => import('../commands/contacts/edit.ts'),
  },
  'contacts:show': {
    summary: 'show all that is known of a contact',
    load: async () => import('../commands/contacts/show.ts'),
  },
  'contacts:history': {
    summary: 'tell which segments a contact joined and left',
    load: async () => import('../commands/contacts/history.ts'),
  },
  'contacts:list': {
    summary: 'list contacts, by filter or search',
    load: async () => import('../commands/contacts/list.ts'),
  },
  'contacts:import': {
    summary: 'import contacts from a CSV file',
    load: async () => import('../commands/contacts/import.ts'),
  },
  'contacts:export': {
    summary: 'write contacts as CSV',
    load: async () => import('../commands/contacts/export.ts'),
  },
  'contacts:delete': {
    summary: 'delete contacts',
    load: async () => import('../commands/contacts/delete.ts'),
  },
  'contacts:duplicates': {
    summary: 'list contacts who may be one person',
    load: async () => import('../commands/contacts/duplicates.ts'),
  },
  'contacts:erase': {
    summary: 'erase a person with every trace',
    load: async () => import('../commands/contacts/erase.ts'),
  },
  'contacts:merge': {
    summary: 'make several contacts one',
    load: async () => import('../commands/contacts/merge.ts'),
  },
  'contacts:tag': {
    summary: 'add tags to contacts',
    load: async () => import('../commands/contacts/tag.ts'),
  },
  'contacts:untag': {
    summary: 'take tags off contacts',
    load: async () => import('../commands/contacts/untag.ts'),
  },
  'contacts:suppress': {
    summary: 'note that contacts must not be reached',
    load: async () => import('../commands/contacts/suppress.ts'),
  },
  'contacts:unsuppress': {
    summary: 'lift suppressions',
    load: async () => import('../commands/contacts/unsuppress.ts'),
  },
  'contacts:segments': {
    summary: 'list the segments of a contact',
    load: async () => import('../commands/contacts/segments.ts'),
  },
  'contacts:preferences': {
    summary: 'show or make the choice of a contact itself',
    load: async () => import('../commands/contacts/preferences.ts'),
  },
};
