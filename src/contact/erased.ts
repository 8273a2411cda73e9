import type { Deleting, Erased, NewRecord, ReadTx, UniqueValue, WriteTx } from '../store/index.ts';
import { uniqueKey } from '../sql/unique-key.ts';
import { EXIT, UserError } from '../support/errors.ts';
import type { WriteInstant } from '../support/local-instant.ts';
import { parseId } from '../support/record-id.ts';
import { getContacts, matchContacts, uniqueValueOf } from './contact-refs.ts';
import { getField } from './fields.ts';
import { zoneInstants } from './time-context.ts';
import { uniquesIn } from './uniques.ts';
import { isProblem, parseEmail } from './values.ts';

/** A value that nobody has, and that is to be erased. */
export interface ErasableValue extends UniqueValue {
  /** As it was named. */
  readonly reference: string;
  /** Contacts that had it before. */
  readonly formerly: readonly number[];
  /** Whether anything is stored of it. */
  readonly isSpokenOf: boolean;
}

/** What can be erased of what was named. */
export interface Erasable {
  readonly ids: readonly number[];
  readonly values: readonly ErasableValue[];
  /** As they were named, those who were erased before, and of whom nothing is left at all. */
  readonly erasedBefore: readonly string[];
  /** Something that was erased before can still be read in the files of the store. */
  readonly isPending: boolean;
}

/**
 * The contacts to erase, and the values that no contact has: of somebody who was deleted before, or
 * who was never there. Who is erased already counts as named where what was erased can still be
 * read, for that is to be repeated. `valueAlone` takes all of them for values, also those that a
 * contact had before. `UserError`: an unknown contact (2); a value that a contact had before, or
 * has; nothing is left to erase (1).
 */
export async function findErasable(
  tx: ReadTx,
  references: readonly string[],
  { valueAlone = false }: { readonly valueAlone?: boolean } = {},
): Promise<Erasable> {
  const isPending = await tx.erased.isPending();
  const found = await matchContacts(tx, references);
  if (valueAlone) requireNobody(references, found);
  const absent = references.filter((_, at) => found[at] === null);
  const values = await Promise.all(absent.map(async (one) => namedValue(tx, one)));
  await getContacts(tx, unknownAmong(absent, values, isPending));
  const ids = [...new Set(found.filter((id) => id !== null))];
  const left = await leftToErase(tx, await distinct(tx, values), { valueAlone, ids });
  const [gone] = left.erased;
  if (ids.length + left.values.length === 0 && !isPending && gone !== undefined)
    throw alreadyErased(gone, await zoneInstants(tx));
  const erasedBefore = isPending ? [] : left.erased.map(({ reference }) => reference);
  return { ids, values: left.values, erasedBefore, isPending };
}

/** `UserError` (1): a contact has one of these. */
function requireNobody(references: readonly string[], found: readonly (number | null)[]): void {
  const at = found.findIndex((id) => id !== null);
  if (at === -1) return;
  const message = `contact ${found[at]} is named by \`${references[at]}\``;
  throw new UserError('VALUE_TAKEN', EXIT.refused, message, {
    hint: 'to erase the contact, leave out --value-alone',
  });
}

type NamedValue = UniqueValue & { readonly reference: string };

/** The value that a reference names somebody by, if it is one of its field; undefined for an id. */
async function namedValue(tx: ReadTx, reference: string): Promise<NamedValue | undefined> {
  const value = await uniqueValueOf(tx, reference);
  if (value === undefined) return undefined;
  if (value.column === 'email' && isProblem(parseEmail(String(value.value)))) return undefined;
  return { ...value, reference };
}

/** Of an id nobody knows whether its contact was erased. */
function unknownAmong(
  absent: readonly string[],
  values: readonly (NamedValue | undefined)[],
  isPending: boolean,
): string[] {
  return absent.filter(
    (one, at) => values[at] === undefined && !(isPending && parseId(one) !== undefined),
  );
}

interface LeftToErase {
  readonly values: readonly ErasableValue[];
  /** Those of which nothing is left. */
  readonly erased: readonly AlreadyErased[];
}

interface AlreadyErased {
  readonly reference: string;
  readonly since: number;
}

async function leftToErase(
  tx: ReadTx,
  named: readonly NamedValue[],
  { valueAlone, ids }: { readonly valueAlone: boolean; readonly ids: readonly number[] },
): Promise<LeftToErase> {
  const values: ErasableValue[] = [];
  const erased: AlreadyErased[] = [];
  for (const value of named) {
    const formerly = await tx.contacts.formerly(value);
    const [last] = formerly;
    if (last !== undefined && ids.includes(last)) continue; // it goes with them
    if (formerly.length > 0 && !valueAlone) throw formerlyOf(value, formerly);
    const isSpokenOf = await tx.erased.isSpokenOf(value);
    const [since = null] = await tx.erased.since([value]);
    if (since !== null && !isSpokenOf && formerly.length === 0)
      erased.push({ reference: value.reference, since });
    else values.push({ ...value, formerly, isSpokenOf });
  }
  return { values, erased };
}

/** Of those that compare as the same one. */
async function distinct(
  tx: ReadTx,
  named: readonly (NamedValue | undefined)[],
): Promise<NamedValue[]> {
  const fields = await tx.fields.list();
  const keyOf = ({ column, value }: NamedValue): string => {
    const { type } = getField(fields, 'contact', column);
    return `${column}=${uniqueKey(type, value)}`;
  };
  const byKey = new Map(named.flatMap((one) => (one === undefined ? [] : [[keyOf(one), one]])));
  return [...byKey.values()];
}

/** It may be their address of before, or have been written there by mistake. */
function formerlyOf({ reference }: NamedValue, ids: readonly number[]): UserError {
  const who = ids.length === 1 ? `contact ${ids[0]}` : `contacts ${ids.join(', ')}`;
  const message = `no contact has \`${reference}\` now, ${who} had it before`;
  return new UserError('FORMER_VALUE', EXIT.refused, message, {
    hint: `to erase the person, name ${ids.join(' ')}; to erase this alone, add --value-alone`,
  });
}

function alreadyErased({ reference, since }: AlreadyErased, instant: WriteInstant): UserError {
  const message = `\`${reference}\` was erased at ${instant(since)}`;
  return new UserError('ERASED', EXIT.refused, message, { hint: 'nothing is left to erase' });
}

/**
 * Deletes these contacts with every trace of them, and what is stored of these values, see
 * `ContactsWriter.erase`. `UserError` (1): not the same are named as when they were found.
 */
export async function eraseContacts(
  tx: WriteTx,
  { ids, values }: Pick<Erasable, 'ids' | 'values'>,
  { now, by }: Pick<Deleting, 'now' | 'by'>,
): Promise<Erased> {
  await requireUnchanged(tx, ids, values);
  return tx.contacts.erase({ contactIds: ids, values, now, by });
}

async function requireUnchanged(
  tx: ReadTx,
  ids: readonly number[],
  values: readonly UniqueValue[],
): Promise<void> {
  const isThere = await tx.contacts.count({ ids });
  const holders = await Promise.all(
    values.map(async ({ column, value }) => tx.contacts.match(column, [value])),
  );
  if (isThere === ids.length && holders.flat().every((id) => id === null)) return;
  throw new UserError('CHANGED', EXIT.refused, 'somebody else changed who is named so', {
    hint: 'nothing was erased: run the command again',
  });
}

/** Those of these addresses whose people were erased; `refused` refuses them (`UserError`, 1). */
export async function erasedAddresses(
  tx: ReadTx,
  addresses: readonly string[],
  { refused }: { readonly refused: boolean },
): Promise<readonly string[]> {
  const since = await tx.erased.since(addresses.map((value) => ({ column: 'email', value })));
  const at = since.findIndex((one) => one !== null);
  if (refused && at !== -1)
    throw erasedBefore(
      { column: 'email', value: addresses[at] ?? '' },
      (await zoneInstants(tx))(since[at] ?? 0),
      {
        hint: 'imports leave them out: nothing has to be noted of them again',
      },
    );
  return addresses.filter((_, each) => since[each] !== null);
}

function erasedBefore(
  { column, value }: UniqueValue,
  when: string,
  { hint }: { readonly hint: string },
): UserError {
  const message = `who had the ${column} \`${value}\` was erased at ${when}`;
  return new UserError('ERASED', EXIT.refused, message, { hint });
}

/**
 * Refuses (`UserError`, 1) values by which somebody was known who was erased; where that is allowed
 * they are known no longer.
 */
export async function requireNotErased(
  tx: WriteTx,
  values: NewRecord,
  isAllowed: boolean,
): Promise<void> {
  const uniques = uniquesIn(values, 'contact', await tx.fields.list()).flatMap(
    ({ alias }): UniqueValue[] => {
      const value = values[alias] ?? null;
      return value === null ? [] : [{ column: alias, value }];
    },
  );
  const since = await tx.erased.since(uniques);
  const at = since.findIndex((one) => one !== null);
  const found = uniques[at];
  if (found === undefined) return;
  if (isAllowed) return tx.erased.readmit(uniques);
  throw erasedBefore(found, (await zoneInstants(tx))(since[at] ?? 0), {
    hint: 'if they want to be known again: --allow-erased',
  });
}
