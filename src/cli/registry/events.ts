import type { Entries } from './entry.ts';

/** The commands on events, in the order of the overview. */
export const EVENTS: Entries = {
  'events:add': {
    summary: 'record what a contact did',
    load: async () => import('../commands/events/add.ts'),
  },
  'events:list': {
    summary: 'list events',
    load: async () => import('../commands/events/list.ts'),
  },
  'events:import': {
    summary: 'import events from a CSV file',
    load: async () => import('../commands/events/import.ts'),
  },
  'events:export': {
    summary: 'write events as CSV',
    load: async () => import('../commands/events/export.ts'),
  },
};
