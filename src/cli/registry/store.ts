import type { Entries } from './entry.ts';

/** The commands on the store itself, in the order of the overview. */
export const STORE: Entries = {
  init: {
    summary: 'make a store',
    load: async () => import('../commands/store/init.ts'),
  },
  demo: {
    summary: 'show the main job on invented data',
    load: async () => import('../commands/store/demo.ts'),
  },
  'db:migrate': {
    summary: 'bring an older store up to date',
    load: async () => import('../commands/store/migrate.ts'),
  },
  'db:copy': {
    summary: 'copy the store into a database, or back into a file',
    load: async () => import('../commands/store/copy.ts'),
  },
  backup: {
    summary: 'copy the store, also while others write',
    load: async () => import('../commands/store/backup.ts'),
  },
  restore: {
    summary: 'put a backup in the place of the store',
    load: async () => import('../commands/store/restore.ts'),
  },
  doctor: {
    summary: 'look whether the store is sound',
    load: async () => import('../commands/store/doctor.ts'),
  },
  status: {
    summary: 'say how the store and its updates are',
    load: async () => import('../commands/store/status.ts'),
  },
};
