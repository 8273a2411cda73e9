import { AUDIT } from './registry/audit.ts';
import { COMPANIES } from './registry/companies.ts';
import { CONTACTS } from './registry/contacts.ts';
import type { Entries, Entry } from './registry/entry.ts';
import { EVENTS } from './registry/events.ts';
import { FIELDS } from './registry/fields.ts';
import { IMPORTS } from './registry/imports.ts';
import { RUNS } from './registry/runs.ts';
import { SEGMENTS } from './registry/segments.ts';
import { SUPPRESSIONS } from './registry/suppressions.ts';
import { SETTINGS } from './registry/settings.ts';
import { STORE } from './registry/store.ts';
import { TRIGGERS } from './registry/triggers.ts';

/** A group of the overview: its commands stand in `commands/`, in the folder of its name. */
export interface Namespace {
  readonly title: string;
  readonly commands: Entries;
}

/** The groups of the overview, in its order. */
export const NAMESPACES: Readonly<Record<string, Namespace>> = {
  store: { title: 'Store', commands: STORE },
  settings: { title: 'Settings', commands: SETTINGS },
  fields: { title: 'Fields', commands: FIELDS },
  contacts: { title: 'Contacts', commands: CONTACTS },
  companies: { title: 'Companies', commands: COMPANIES },
  events: { title: 'Events', commands: EVENTS },
  suppressions: { title: 'Suppressions', commands: SUPPRESSIONS },
  segments: { title: 'Segments', commands: SEGMENTS },
  triggers: { title: 'Triggers', commands: TRIGGERS },
  runs: { title: 'Runs', commands: RUNS },
  imports: { title: 'Imports', commands: IMPORTS },
  audit: { title: 'Audit', commands: AUDIT },
};

/** Every command, in the order of the overview. */
export const COMMANDS: Entries = Object.fromEntries(
  Object.values(NAMESPACES).flatMap(({ commands }) => Object.entries(commands)),
);

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

/** A hint names no more commands than this. */
const MOST_NAMED = 12;

/** What `contacts` or `import` alone may mean, for a hint; undefined if nothing or too much. */
export function commandsCalled(part: string): string | undefined {
  const names = Object.keys(COMMANDS);
  const inside = names.filter((name) => name.startsWith(`${part}:`));
  const found = inside.length > 0 ? inside : names.filter((name) => name.endsWith(`:${part}`));
  if (found.length === 0 || found.length > MOST_NAMED) return undefined;
  const [only, another] = found;
  if (another === undefined) return `did you mean \`${only}\`?`;
  return `${inside.length > 0 ? 'its commands are' : 'there are'} ${found.join(', ')}`;
}
