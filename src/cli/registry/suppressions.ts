import type { Entries } from './entry.ts';

/** The commands on suppressed addresses, in the order of the overview. */
export const SUPPRESSIONS: Entries = {
  'suppressions:list': {
    summary: 'list the addresses that must not be reached',
    load: async () => import('../commands/suppressions/list.ts'),
  },
  'suppressions:import': {
    summary: 'read a suppression list from a CSV file',
    load: async () => import('../commands/suppressions/import.ts'),
  },
  'suppressions:export': {
    summary: 'write the suppression list as CSV',
    load: async () => import('../commands/suppressions/export.ts'),
  },
  'suppressions:delete': {
    summary: 'lift what stands for addresses',
    load: async () => import('../commands/suppressions/delete.ts'),
  },
};
