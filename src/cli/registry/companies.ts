import type { Entries } from './entry.ts';

/** The commands on companies, in the order of the overview. */
export const COMPANIES: Entries = {
  'companies:add': {
    summary: 'add a company',
    load: async () => import('../commands/companies/add.ts'),
  },
  'companies:edit': {
    summary: 'change a company',
    load: async () => import('../commands/companies/edit.ts'),
  },
  'companies:show': {
    summary: 'show all that is known of a company',
    load: async () => import('../commands/companies/show.ts'),
  },
  'companies:list': {
    summary: 'list companies',
    load: async () => import('../commands/companies/list.ts'),
  },
  'companies:import': {
    summary: 'import companies from a CSV file',
    load: async () => import('../commands/companies/import.ts'),
  },
  'companies:export': {
    summary: 'write companies as CSV',
    load: async () => import('../commands/companies/export.ts'),
  },
  'companies:delete': {
    summary: 'delete companies',
    load: async () => import('../commands/companies/delete.ts'),
  },
};
