import type { Entries } from './entry.ts';

/** The commands on settings, in the order of the overview. */
export const SETTINGS: Entries = {
  'settings:list': {
    summary: 'show all settings',
    load: async () => import('../commands/settings/list.ts'),
  },
  'settings:get': {
    summary: 'show one setting',
    load: async () => import('../commands/settings/get.ts'),
  },
  'settings:set': {
    summary: 'change a setting',
    load: async () => import('../commands/settings/set.ts'),
  },
};
