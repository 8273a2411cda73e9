import type { NamedContact } from '../../contact/named-contacts.ts';
import { counted, grouped } from '../../support/text.ts';

/** What is asked before something is destroyed, and lines that tell more of it. */
export interface Question {
  readonly question: string;
  readonly about: readonly string[];
}

/** Of more only the number is told. */
export const MOST_NAMED = 5;

/** `ann@example.org, bo@example.org, and 12 more`: the first of them, of so many. */
export function inShort(names: readonly string[], all: number): string {
  const named = names.slice(0, MOST_NAMED);
  const more = all > named.length ? `, and ${grouped(all - named.length)} more` : '';
  return named.join(', ') + more;
}

/** `2 contacts (57 ann@example.org, 803)`, given at least the first of them. */
export function contactsInShort(contacts: readonly NamedContact[], all: number): string {
  const names = contacts.map(({ id, name }) => (name === null ? String(id) : `${id} ${name}`));
  return `${counted(all, 'contact')} (${inShort(names, all)})`;
}
