import type { Erased, NewRecord, ReadTx, UniqueValue, WriteTx } from '../store/index.ts';
import { EXIT, UserError } from '../support/errors.ts';
import { formatInstant } from '../support/instant.ts';
import { parseId } from '../support/record-id.ts';
import { getContacts, matchContacts, uniqueValueOf } from './contact-refs.ts';
import { uniquesIn } from './uniques.ts';

/** What can be erased of what was named. */
export interface Erasable {
  readonly ids: readonly number[];
  /** Something that was erased before can still be read in the files of the store. */
  readonly isPending: boolean;
}

/**
 * The contacts to erase. Who is erased already counts as named where what was erased can still be
 * read, for that is to be repeated. `UserError`: an unknown contact (2); nothing is left to erase (1).
 */
export async function findErasable(tx: ReadTx, references: readonly string[]): Promise<Erasable> {
  const isPending = await tx.erased.isPending();
  const found = await matchContacts(tx, references);
  const absent = references.filter((_, at) => found[at] === null);
  const erasedAt = await Promise.all(absent.map(async (one) => erasedSince(tx, one)));
  const unknown = absent.filter(
    (one, at) => erasedAt[at] === null && !(isPending && parseId(one) !== undefined),
  );
  await getContacts(tx, unknown);
  const ids = [...new Set(found.filter((id) => id !== null))];
  const [first = null] = erasedAt;
  if (ids.length > 0 || isPending || first === null) return { ids, isPending };
  const message = `\`${absent[0]}\` was erased at ${formatInstant(first)}`;
  throw new UserError('ERASED', EXIT.refused, message, { hint: 'nothing is left to erase' });
}

async function erasedSince(tx: ReadTx, reference: string): Promise<number | null> {
  const value = await uniqueValueOf(tx, reference);
  if (value === undefined) return null;
  const [since = null] = await tx.erased.since([value]);
  return since;
}

/** Deletes these contacts with every trace of them, see `ContactsWriter.erase`. */
export async function eraseContacts(
  tx: WriteTx,
  ids: readonly number[],
  action: { readonly now: number; readonly by: string | null },
): Promise<Erased> {
  return tx.contacts.erase(ids, action);
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
  const when = formatInstant(since[at] ?? 0);
  const message = `who had the ${found.column} \`${found.value}\` was erased at ${when}`;
  throw new UserError('ERASED', EXIT.refused, message, {
    hint: 'if they want to be known again: --allow-erased',
  });
}
