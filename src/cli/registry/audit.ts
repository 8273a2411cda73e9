import type { Entries } from './entry.ts';

/** The command on what was done, in the overview. */
export const AUDIT: Entries = {
  'audit:list': {
    summary: 'list who did what to definitions, consent and people',
    load: async () => import('../commands/audit/list.ts'),
  },
};
