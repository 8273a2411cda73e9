import type { Entries } from './entry.ts';

/** The commands on imports, in the order of the overview. */
export const IMPORTS: Entries = {
  'imports:list': {
    summary: 'list what was imported',
    load: async () => import('../commands/imports/list.ts'),
  },
  'imports:show': {
    summary: 'show one import with its segments',
    load: async () => import('../commands/imports/show.ts'),
  },
  'imports:undo': {
    summary: 'take an import back',
    load: async () => import('../commands/imports/undo.ts'),
  },
};
