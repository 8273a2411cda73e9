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
} as const;
export type Namespace = keyof typeof NAMESPACES;

/** Every command, in the order of the overview. */
export const COMMANDS: Readonly<Record<string, Entry>> = {
  init: { summary: 'make a store', namespace: 'store', load: async () => import('./commands/store/init.ts') },
  'settings:list': { summary: 'show all settings', namespace: 'settings', load: async () => import('./commands/settings/list.ts') },
  'settings:get': { summary: 'show one setting', namespace: 'settings', load: async () => import('./commands/settings/get.ts') },
  'settings:set': { summary: 'change a setting', namespace: 'settings', load: async () => import('./commands/settings/set.ts') },
};

/** Other names for commands. */
export const SYNONYMS: Readonly<Record<string, string>> = {};

export function findEntry(name: string): { readonly name: string; readonly entry: Entry } | undefined {
  const known = Object.hasOwn(SYNONYMS, name) ? (SYNONYMS[name] ?? name) : name;
  const entry = Object.hasOwn(COMMANDS, known) ? COMMANDS[known] : undefined;
  return entry === undefined ? undefined : { name: known, entry };
}

/** Every name that can be typed. */
export function commandNames(): string[] {
  return [...Object.keys(COMMANDS), ...Object.keys(SYNONYMS), 'help'];
}
