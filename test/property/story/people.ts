import type { Contact, Facts } from './facts.ts';

/*
 * The people of a story. What tells who they are occurs in nothing else, so that after an erasure
 * one can look for it in every table and in the bytes of the file.
 */

const PEOPLE = 14;

const markOf = (number: number): string => `p${number % PEOPLE}zq`;
export const emailOf = (number: number): string => `${markOf(number)}@example.org`;
export const keyOf = (number: number): string => `K-${markOf(number)}`;
export const nameOf = (number: number): string => `N${markOf(number)}`;

/** What tells who a contact is. */
export function valuesOf({ email, crm_id: key, first_name: name }: Contact): string[] {
  return [email, key, name].flatMap((value) => value?.toLowerCase() ?? []);
}

/** A contact by its place among all; undefined where there is none. */
export function someone({ contacts }: Facts, number: number): number | undefined {
  const ids = [...contacts.keys()];
  return ids[number % Math.max(ids.length, 1)];
}

/** Some contacts, each once. */
export function some(facts: Facts, numbers: readonly number[]): number[] {
  return [...new Set(numbers.flatMap((number) => someone(facts, number) ?? []))];
}
