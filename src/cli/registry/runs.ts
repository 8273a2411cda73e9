import type { Entries } from './entry.ts';

/** The commands on runs, in the order of the overview. */
export const RUNS: Entries = {
  'runs:list': {
    summary: 'list the runs of segments:update',
    load: async () => import('../commands/runs/list.ts'),
  },
  'runs:show': {
    summary: 'show one run with its segments',
    load: async () => import('../commands/runs/show.ts'),
  },
};
