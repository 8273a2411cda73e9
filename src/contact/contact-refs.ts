import type { FieldRow, ReadTx, UniqueValue, Value } from '../store/index.ts';
import { withoutBlanks } from '../support/blanks.ts';
import { EXIT, UserError } from '../support/errors.ts';
import { idOutOfReach, parseId } from '../support/record-id.ts';
import { toNfc } from '../support/text.ts';
import { findField, unknownField } from './fields.ts';
import { nearestContact } from './nearest-contact.ts';
import { valueHint } from './value-hint.ts';
import { describeProblem, isProblem, isValue, readValue } from './values.ts';

/**
 * `ids` are distinct, in the order of their first mention; `unknown` are the references that fit no
 * contact.
 */
export interface ResolvedContacts {
  readonly ids: readonly number[];
  readonly unknown: readonly string[];
}

/** How many unknown references are named one by one. */
const NAMED = 10;

interface Key {
  readonly column: string;
  readonly value: Value;
}

/**
 * The contacts that ids, e-mail addresses or `FIELD=VALUE` of unique fields name. Makes one look-up
 * for each field, however many references there are. A reference to a field that is unknown or not
 * unique counts as unknown.
 */
export async function resolveContacts(
  tx: ReadTx,
  refs: readonly string[],
): Promise<ResolvedContacts> {
  const { found } = await lookUp(tx, refs);
  const ids = found.flatMap((id) => (id === null ? [] : [id]));
  return {
    ids: [...new Set(ids)],
    unknown: refs.filter((_, position) => found[position] === null),
  };
}

/** The contact that each reference means, by position; null where there is none. */
export async function matchContacts(
  tx: ReadTx,
  refs: readonly string[],
): Promise<readonly (number | null)[]> {
  return (await lookUp(tx, refs)).found;
}

/**
 * Like `resolveContacts`, but throws `UserError` (2), with the nearest known address, for an
 * unknown reference.
 */
export async function getContacts(tx: ReadTx, refs: readonly string[]): Promise<readonly number[]> {
  const { keys, found } = await lookUp(tx, refs);
  const malformed = keys.find((key) => key instanceof UserError);
  if (malformed !== undefined) throw malformed;
  const unknown = refs.filter((_, position) => found[position] === null);
  if (unknown.length > 0) throw await unknownContacts(tx, unknown);
  return [...new Set(found.flatMap((id) => (id === null ? [] : [id])))];
}

/** The one contact that a reference names. `UserError` (2) with the nearest known address. */
export async function getContact(tx: ReadTx, ref: string): Promise<number> {
  const [id] = await getContacts(tx, [ref]);
  if (id === undefined) throw new Error(`resolved to nothing: ${ref}`);
  return id;
}

/** The unique value that a reference names a contact by; undefined for an id and what names none. */
export async function uniqueValueOf(tx: ReadTx, ref: string): Promise<UniqueValue | undefined> {
  return (await uniqueValuesOf(tx, [ref]))[0];
}

/** Those of several references, in their order. */
export async function uniqueValuesOf(
  tx: ReadTx,
  refs: readonly string[],
): Promise<(UniqueValue | undefined)[]> {
  const fields = await tx.fields.list();
  const { timezone } = await tx.settings.get();
  return refs.map((ref) => {
    const key = keyOf(withoutBlanks(ref), fields, timezone);
    if (key instanceof UserError || key.column === 'id' || key.value === null) return undefined;
    return { column: key.column, value: key.value };
  });
}

async function unknownContacts(tx: ReadTx, unknown: readonly string[]): Promise<UserError> {
  const [first = ''] = unknown;
  const id = parseId(withoutBlanks(first));
  const mergedInto = id === undefined ? undefined : await tx.contacts.mergedInto(id);
  if (id !== undefined && mergedInto !== undefined) return merged(id, mergedInto);
  const value = await uniqueValueOf(tx, first);
  const [formerly] = value === undefined ? [] : await tx.contacts.formerly(value);
  // rule: former-named
  if (formerly !== undefined) return hadBefore(first, formerly);
  const near = await nearestContact(tx, first);
  const hint =
    near === undefined
      ? 'a contact is an id, an e-mail address, or FIELD=VALUE of a unique field'
      : `did you mean \`${near}\`?`;
  return new UserError(
    'UNKNOWN_CONTACT',
    EXIT.usage,
    `unknown ${unknown.length === 1 ? 'contact' : 'contacts'} ${inShort(unknown)}`,
    { hint },
  );
}

/** Somebody who has another id now: what is named so was merged into it. */
function merged(id: number, into: number): UserError {
  const message = `contact ${id} was merged into contact ${into}`;
  return new UserError('MERGED_CONTACT', EXIT.usage, message, {
    hint: `name it by that id: rollcall contacts:show ${into}`,
  });
}

/** It is their value of before, or of a contact that was merged into them. */
function hadBefore(ref: string, id: number): UserError {
  const message = `no contact has \`${ref}\` now: contact ${id} had it before`;
  return new UserError('UNKNOWN_CONTACT', EXIT.usage, message, {
    hint: `name it by its id: rollcall contacts:show ${id}`,
  });
}

/** The references as text: the first ten, and how many more there are. */
export function inShort(refs: readonly string[]): string {
  const named = refs
    .slice(0, NAMED)
    .map((ref) => `\`${ref}\``)
    .join(', ');
  return refs.length > NAMED ? `${named} and ${refs.length - NAMED} more` : named;
}

interface LookUp {
  /** What each reference was looked up by, or why it could not be; by position. */
  readonly keys: readonly (Key | UserError)[];
  readonly found: readonly (number | null)[];
}

async function lookUp(tx: ReadTx, refs: readonly string[]): Promise<LookUp> {
  const fields = await tx.fields.list();
  const { timezone } = await tx.settings.get();
  const keys = refs.map((ref) => keyOf(withoutBlanks(ref), fields, timezone));
  const found: (number | null)[] = refs.map(() => null);
  for (const [column, group] of groupByColumn(keys)) {
    const ids = await tx.contacts.match(
      column,
      group.map(({ value }) => value),
    );
    group.forEach(({ position }, index) => (found[position] = ids[index] ?? null));
  }
  return { keys, found };
}

/**
 * The column and value to look a reference up by. A `UserError` when it names no unique field or no
 * value of the field's type.
 */
function keyOf(ref: string, fields: readonly FieldRow[], zone: string): Key | UserError {
  const id = parseId(ref) ?? idOutOfReach(ref);
  if (id !== undefined) return id instanceof UserError ? id : { column: 'id', value: id };
  const [, alias, text = ''] = /^([a-z][a-z0-9_]*)=(.*)$/is.exec(ref) ?? [];
  const email = { column: 'email', value: toNfc(ref) };
  if (alias === undefined) return email;
  const field = findField(fields, 'contact', alias);
  if (field !== undefined)
    return field.unique ? keyOfField(field, text, zone) : notUnique(field, fields);
  return text.includes('@') ? email : unknownField(fields, 'contact', alias);
}

/** The value of a unique field that a text names, or why it names none. */
export function keyOfField(field: FieldRow, text: string, zone: string): Key | UserError {
  const value = readValue(field, text, { zone });
  if (isValue(value)) return { column: field.alias, value };
  const problem = isProblem(value) ? value : undefined;
  const message =
    problem === undefined
      ? `no contact is named by an empty \`${field.alias}\``
      : describeProblem(field.alias, problem);
  return new UserError('BAD_VALUE', EXIT.usage, message, { hint: valueHint(field, problem) });
}

function notUnique({ alias }: FieldRow, fields: readonly FieldRow[]): UserError {
  const unique = fields
    .filter((field) => field.object === 'contact' && field.unique)
    .map((field) => field.alias);
  return new UserError(
    'NOT_UNIQUE',
    EXIT.usage,
    `contacts cannot be named by \`${alias}\`: it is not unique`,
    { hint: `unique fields: ${unique.join(', ')}` },
  );
}

type Wanted = { readonly position: number; readonly value: Value };

function groupByColumn(keys: readonly (Key | UserError)[]): Map<string, Wanted[]> {
  const groups = new Map<string, Wanted[]>();
  keys.forEach((key, position) => {
    if (key instanceof UserError) return;
    const group = groups.get(key.column) ?? [];
    group.push({ position, value: key.value });
    groups.set(key.column, group);
  });
  return groups;
}
