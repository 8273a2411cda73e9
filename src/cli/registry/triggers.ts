import type { Entries } from './entry.ts';

/** The commands on triggers, in the order of the overview. */
export const TRIGGERS: Entries = {
  'triggers:create': {
    summary: 'make a trigger, which moves contacts by itself',
    load: async () => import('../commands/triggers/create.ts'),
  },
  'triggers:list': {
    summary: 'list triggers',
    load: async () => import('../commands/triggers/list.ts'),
  },
  'triggers:show': {
    summary: 'show one trigger',
    load: async () => import('../commands/triggers/show.ts'),
  },
  'triggers:edit': {
    summary: 'change when a trigger fires and what it does',
    load: async () => import('../commands/triggers/edit.ts'),
  },
  'triggers:delete': {
    summary: 'delete a trigger',
    load: async () => import('../commands/triggers/delete.ts'),
  },
  'triggers:test': {
    summary: 'say what a trigger would do now',
    load: async () => import('../commands/triggers/test.ts'),
  },
};
