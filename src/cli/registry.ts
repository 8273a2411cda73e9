import type { Command } from './define-command.ts';

export interface Entry {
  /** One line for the overview; with the name it fits 80 columns. */
  readonly summary: string;
  readonly namespace: Namespace;
  /** Loads the command's module: only the command that was called is ever loaded. */
  readonly load: () => Promise<{ readonly default: Command }>;
}

/** The groups of the overview, in its order. */
export const NAMESPACES = {
  store: 'Store',
  settings: 'Settings',
  fields: 'Fields',
  contacts: 'Contacts',
  companies: 'Companies',
  events: 'Events',
  segments: 'Segments',
  runs: 'Runs',
} as const;
export type Namespace = keyof typeof NAMESPACES;

/** Every command, in the order of the overview. */
export const COMMANDS: Readonly<Record<string, Entry>> = {
  init: {
    summary: 'make a store',
    namespace: 'store',
    load: async () => import('./commands/store/init.ts'),
  },
  demo: {
    summary: 'show the main job on invented data',
    namespace: 'store',
    load: async () => import('./commands/store/demo.ts'),
  },
  'db:migrate': {
    summary: 'bring an older store up to date',
    namespace: 'store',
    load: async () => import('./commands/store/migrate.ts'),
  },
  backup: {
    summary: 'copy the store, also while others write',
    namespace: 'store',
    load: async () => import('./commands/store/backup.ts'),
  },
  restore: {
    summary: 'put a backup in the place of the store',
    namespace: 'store',
    load: async () => import('./commands/store/restore.ts'),
  },
  doctor: {
    summary: 'look whether the store is sound',
    namespace: 'store',
    load: async () => import('./commands/store/doctor.ts'),
  },
  status: {
    summary: 'say how the store and its updates are',
    namespace: 'store',
    load: async () => import('./commands/store/status.ts'),
  },
  'settings:list': {
    summary: 'show all settings',
    namespace: 'settings',
    load: async () => import('./commands/settings/list.ts'),
  },
  'settings:get': {
    summary: 'show one setting',
    namespace: 'settings',
    load: async () => import('./commands/settings/get.ts'),
  },
  'settings:set': {
    summary: 'change a setting',
    namespace: 'settings',
    load: async () => import('./commands/settings/set.ts'),
  },
  'fields:create': {
    summary: 'make a field of your own',
    namespace: 'fields',
    load: async () => import('./commands/fields/create.ts'),
  },
  'fields:list': {
    summary: 'list the fields of contacts and companies',
    namespace: 'fields',
    load: async () => import('./commands/fields/list.ts'),
  },
  'fields:edit': {
    summary: 'change a field',
    namespace: 'fields',
    load: async () => import('./commands/fields/edit.ts'),
  },
  'fields:delete': {
    summary: 'delete a field with its values',
    namespace: 'fields',
    load: async () => import('./commands/fields/delete.ts'),
  },
  'contacts:add': {
    summary: 'add a contact',
    namespace: 'contacts',
    load: async () => import('./commands/contacts/add.ts'),
  },
  'contacts:edit': {
    summary: 'change a contact',
    namespace: 'contacts',
    load: async () => import('./commands/contacts/edit.ts'),
  },
  'contacts:show': {
    summary: 'show all that is known of a contact',
    namespace: 'contacts',
    load: async () => import('./commands/contacts/show.ts'),
  },
  'contacts:list': {
    summary: 'list contacts, by filter or search',
    namespace: 'contacts',
    load: async () => import('./commands/contacts/list.ts'),
  },
  'contacts:import': {
    summary: 'import contacts from a CSV file',
    namespace: 'contacts',
    load: async () => import('./commands/contacts/import.ts'),
  },
  'contacts:export': {
    summary: 'write contacts as CSV',
    namespace: 'contacts',
    load: async () => import('./commands/contacts/export.ts'),
  },
  'contacts:delete': {
    summary: 'delete contacts',
    namespace: 'contacts',
    load: async () => import('./commands/contacts/delete.ts'),
  },
  'contacts:tag': {
    summary: 'add tags to contacts',
    namespace: 'contacts',
    load: async () => import('./commands/contacts/tag.ts'),
  },
  'contacts:untag': {
    summary: 'take tags off contacts',
    namespace: 'contacts',
    load: async () => import('./commands/contacts/untag.ts'),
  },
  'contacts:suppress': {
    summary: 'note that contacts must not be reached',
    namespace: 'contacts',
    load: async () => import('./commands/contacts/suppress.ts'),
  },
  'contacts:unsuppress': {
    summary: 'lift suppressions',
    namespace: 'contacts',
    load: async () => import('./commands/contacts/unsuppress.ts'),
  },
  'contacts:segments': {
    summary: 'list the segments of a contact',
    namespace: 'contacts',
    load: async () => import('./commands/contacts/segments.ts'),
  },
  'companies:add': {
    summary: 'add a company',
    namespace: 'companies',
    load: async () => import('./commands/companies/add.ts'),
  },
  'companies:edit': {
    summary: 'change a company',
    namespace: 'companies',
    load: async () => import('./commands/companies/edit.ts'),
  },
  'companies:show': {
    summary: 'show all that is known of a company',
    namespace: 'companies',
    load: async () => import('./commands/companies/show.ts'),
  },
  'companies:list': {
    summary: 'list companies',
    namespace: 'companies',
    load: async () => import('./commands/companies/list.ts'),
  },
  'companies:import': {
    summary: 'import companies from a CSV file',
    namespace: 'companies',
    load: async () => import('./commands/companies/import.ts'),
  },
  'companies:export': {
    summary: 'write companies as CSV',
    namespace: 'companies',
    load: async () => import('./commands/companies/export.ts'),
  },
  'companies:delete': {
    summary: 'delete companies',
    namespace: 'companies',
    load: async () => import('./commands/companies/delete.ts'),
  },
  'events:add': {
    summary: 'record what a contact did',
    namespace: 'events',
    load: async () => import('./commands/events/add.ts'),
  },
  'events:list': {
    summary: 'list events',
    namespace: 'events',
    load: async () => import('./commands/events/list.ts'),
  },
  'events:import': {
    summary: 'import events from a CSV file',
    namespace: 'events',
    load: async () => import('./commands/events/import.ts'),
  },
  'segments:create': {
    summary: 'make a segment, with a filter or without',
    namespace: 'segments',
    load: async () => import('./commands/segments/definition/create.ts'),
  },
  'segments:list': {
    summary: 'list segments with their members',
    namespace: 'segments',
    load: async () => import('./commands/segments/definition/list.ts'),
  },
  'segments:show': {
    summary: 'show one segment',
    namespace: 'segments',
    load: async () => import('./commands/segments/definition/show.ts'),
  },
  'segments:edit': {
    summary: "change a segment's name, filter or options",
    namespace: 'segments',
    load: async () => import('./commands/segments/definition/edit.ts'),
  },
  'segments:delete': {
    summary: 'delete a segment',
    namespace: 'segments',
    load: async () => import('./commands/segments/definition/delete.ts'),
  },
  'segments:filters': {
    summary: 'show the conditions of a filter',
    namespace: 'segments',
    load: async () => import('./commands/segments/filter/filters.ts'),
  },
  'segments:filters:add': {
    summary: 'add a condition',
    namespace: 'segments',
    load: async () => import('./commands/segments/filter/filters-add.ts'),
  },
  'segments:filters:remove': {
    summary: 'remove a condition',
    namespace: 'segments',
    load: async () => import('./commands/segments/filter/filters-remove.ts'),
  },
  'segments:filters:set': {
    summary: 'replace the filter',
    namespace: 'segments',
    load: async () => import('./commands/segments/filter/filters-set.ts'),
  },
  'segments:preview': {
    summary: 'show whom a filter matches',
    namespace: 'segments',
    load: async () => import('./commands/segments/filter/preview.ts'),
  },
  'segments:add': {
    summary: 'put contacts into a segment',
    namespace: 'segments',
    load: async () => import('./commands/segments/members/add.ts'),
  },
  'segments:remove': {
    summary: 'take contacts out of a segment',
    namespace: 'segments',
    load: async () => import('./commands/segments/members/remove.ts'),
  },
  'segments:clear': {
    summary: 'take all members out of a static segment',
    namespace: 'segments',
    load: async () => import('./commands/segments/members/clear.ts'),
  },
  'segments:unpin': {
    summary: 'take decisions back',
    namespace: 'segments',
    load: async () => import('./commands/segments/members/unpin.ts'),
  },
  'segments:members': {
    summary: 'list the members, now or then',
    namespace: 'segments',
    load: async () => import('./commands/segments/members/members.ts'),
  },
  'segments:has': {
    summary: 'say whether a contact is a member',
    namespace: 'segments',
    load: async () => import('./commands/segments/members/has.ts'),
  },
  'segments:explain': {
    summary: 'say why a contact is in a segment or not',
    namespace: 'segments',
    load: async () => import('./commands/segments/members/explain.ts'),
  },
  'segments:export': {
    summary: 'write the members as CSV',
    namespace: 'segments',
    load: async () => import('./commands/segments/members/export.ts'),
  },
  'segments:convert': {
    summary: 'make a segment static or dynamic',
    namespace: 'segments',
    load: async () => import('./commands/segments/definition/convert.ts'),
  },
  'segments:profile': {
    summary: 'show where the time of a filter goes',
    namespace: 'segments',
    load: async () => import('./commands/segments/filter/profile.ts'),
  },
  'segments:update': {
    summary: 'make dynamic segments true',
    namespace: 'segments',
    load: async () => import('./commands/segments/upkeep/update.ts'),
  },
  'segments:verify': {
    summary: 'compare members with filters and pins',
    namespace: 'segments',
    load: async () => import('./commands/segments/upkeep/verify.ts'),
  },
  'runs:list': {
    summary: 'list the runs of segments:update',
    namespace: 'runs',
    load: async () => import('./commands/runs/list.ts'),
  },
  'runs:show': {
    summary: 'show one run with its segments',
    namespace: 'runs',
    load: async () => import('./commands/runs/show.ts'),
  },
};

/** Other names for commands. */
export const SYNONYMS: Readonly<Record<string, string>> = { 'segments:rebuild': 'segments:update' };

export function findEntry(
  name: string,
): { readonly name: string; readonly entry: Entry } | undefined {
  const known = Object.hasOwn(SYNONYMS, name) ? (SYNONYMS[name] ?? name) : name;
  const entry = Object.hasOwn(COMMANDS, known) ? COMMANDS[known] : undefined;
  return entry === undefined ? undefined : { name: known, entry };
}

/** Every name that can be typed. */
export function commandNames(): string[] {
  return [...Object.keys(COMMANDS), ...Object.keys(SYNONYMS), 'help'];
}
