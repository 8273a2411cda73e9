import type { Entries } from './entry.ts';

/** The commands on segments, in the order of the overview. */
export const SEGMENTS: Entries = {
  'segments:create': {
    summary: 'make a segment, with a filter or without',
    load: async () => import('../commands/segments/definition/create.ts'),
  },
  'segments:list': {
    summary: 'list segments with their members',
    load: async () => import('../commands/segments/definition/list.ts'),
  },
  'segments:show': {
    summary: 'show one segment',
    load: async () => import('../commands/segments/definition/show.ts'),
  },
  'segments:edit': {
    summary: "change a segment's name, filter or options",
    load: async () => import('../commands/segments/definition/edit.ts'),
  },
  'segments:delete': {
    summary: 'delete a segment',
    load: async () => import('../commands/segments/definition/delete.ts'),
  },
  'segments:clone': {
    summary: 'make a segment like another',
    load: async () => import('../commands/segments/definition/clone.ts'),
  },
  'segments:usage': {
    summary: 'list what refers to a segment',
    load: async () => import('../commands/segments/definition/usage.ts'),
  },
  'segments:restore': {
    summary: 'bring a deleted segment back',
    load: async () => import('../commands/segments/definition/restore.ts'),
  },
  'segments:filters': {
    summary: 'show the conditions of a filter',
    load: async () => import('../commands/segments/filter/filters.ts'),
  },
  'segments:filters:add': {
    summary: 'add a condition',
    load: async () => import('../commands/segments/filter/filters-add.ts'),
  },
  'segments:filters:remove': {
    summary: 'remove a condition',
    load: async () => import('../commands/segments/filter/filters-remove.ts'),
  },
  'segments:filters:set': {
    summary: 'replace the filter',
    load: async () => import('../commands/segments/filter/filters-set.ts'),
  },
  'segments:preview': {
    summary: 'show whom a filter matches',
    load: async () => import('../commands/segments/filter/preview.ts'),
  },
  'segments:add': {
    summary: 'put contacts into a segment',
    load: async () => import('../commands/segments/members/add.ts'),
  },
  'segments:remove': {
    summary: 'take contacts out of a segment',
    load: async () => import('../commands/segments/members/remove.ts'),
  },
  'segments:modify': {
    summary: 'change contacts in several segments at once',
    load: async () => import('../commands/segments/members/modify.ts'),
  },
  'segments:clear': {
    summary: 'take all members out of a static segment',
    load: async () => import('../commands/segments/members/clear.ts'),
  },
  'segments:unpin': {
    summary: 'take decisions back',
    load: async () => import('../commands/segments/members/unpin.ts'),
  },
  'segments:members': {
    summary: 'list the members, now or then',
    load: async () => import('../commands/segments/members/members.ts'),
  },
  'segments:has': {
    summary: 'say whether a contact is a member',
    load: async () => import('../commands/segments/members/has.ts'),
  },
  'segments:explain': {
    summary: 'say why a contact is in a segment or not',
    load: async () => import('../commands/segments/members/explain.ts'),
  },
  'segments:export': {
    summary: 'write the members as CSV',
    load: async () => import('../commands/segments/members/export.ts'),
  },
  'segments:import': {
    summary: 'put the contacts of a CSV file into a segment',
    load: async () => import('../commands/segments/members/import.ts'),
  },
  'segments:convert': {
    summary: 'make a segment static or dynamic',
    load: async () => import('../commands/segments/definition/convert.ts'),
  },
  'segments:versions': {
    summary: 'list the definitions that a segment had',
    load: async () => import('../commands/segments/history/versions.ts'),
  },
  'segments:diff': {
    summary: 'compare two versions of a segment',
    load: async () => import('../commands/segments/history/diff.ts'),
  },
  'segments:rollback': {
    summary: 'make a segment what it was in a version',
    load: async () => import('../commands/segments/history/rollback.ts'),
  },
  'segments:history': {
    summary: 'tell how a segment grew and shrank',
    load: async () => import('../commands/segments/history/history.ts'),
  },
  'segments:overlap': {
    summary: 'count who is in several segments',
    load: async () => import('../commands/segments/members/overlap.ts'),
  },
  'segments:compare': {
    summary: 'show what sets the members of two segments apart',
    load: async () => import('../commands/segments/members/compare.ts'),
  },
  'segments:changes': {
    summary: 'print who joined and left since a cursor',
    load: async () => import('../commands/segments/history/changes.ts'),
  },
  'segments:profile': {
    summary: 'show where the time of a filter goes',
    load: async () => import('../commands/segments/filter/profile.ts'),
  },
  'segments:update': {
    summary: 'make dynamic segments true',
    load: async () => import('../commands/segments/upkeep/update.ts'),
  },
  'segments:verify': {
    summary: 'compare members with filters and pins',
    load: async () => import('../commands/segments/upkeep/verify.ts'),
  },
};
