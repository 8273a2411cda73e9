import { changeData, type Triggered } from './triggers/data-change.ts';
import { getContacts, matchContacts } from '../contact/contact-refs.ts';
import type { FieldRow, Merged, NewRecord, ReadTx, RecordRow, Value } from '../store/index.ts';
import { type Store, type WriteTx } from '../store/index.ts';
import { EXIT, UserError } from '../support/errors.ts';
import type { Action } from './action.ts';
import { ACTIONS } from './via.ts';

/** What a merge makes of one field in which any of the contacts has a value. */
export interface MergedField {
  readonly field: FieldRow;
  readonly value: Value;
  /** Whose it was. */
  readonly from: number;
  /** Other values, which are gone, and whose they were. */
  readonly lost: readonly { readonly contactId: number; readonly value: Value }[];
}

export interface MergeReport extends Merged {
  readonly winner: number;
  /** As people know it: its address after the merge, if it has one. */
  readonly email: string | null;
  readonly losers: readonly number[];
  readonly fields: readonly MergedField[];
}

/** Contacts that are to be one, by their ids; their order is that in which they were named. */
export interface Merger {
  readonly winner: number;
  readonly losers: readonly number[];
}

/**
 * The contacts that these references name. `UserError` (2): an unknown one, one that is named twice,
 * or a winner that is to be merged with itself.
 */
export async function findMerger(
  tx: ReadTx,
  winner: string,
  losers: readonly string[],
): Promise<Merger> {
  const references = [winner, ...losers];
  await getContacts(tx, references);
  const ids = (await matchContacts(tx, references)).filter((id) => id !== null);
  const [first = 0, ...others] = ids;
  const twice = ids.findIndex((id, at) => ids.indexOf(id) < at);
  if (twice === -1) return { winner: first, losers: others };
  const isWinner = ids[twice] === first;
  const message = isWinner
    ? `contact ${first} cannot be merged with itself`
    : `contact ${ids[twice]} is named twice: \`${references[twice]}\``;
  const hint = 'name the contact that stays, then the others, each once';
  throw new UserError('SAME_CONTACT', EXIT.usage, message, { hint });
}

/**
 * Makes contacts one, in one transaction; a dry run takes it back. Values of the winner win, empty
 * ones are filled by the losers in their order; all that hangs on the losers becomes the winner's,
 * removals and suppressions of any of them hold. Static segments follow at once, and who is pinned;
 * other dynamic segments at their next update.
 */
export async function mergeContacts(
  store: Store,
  merger: Merger,
  action: Partial<Pick<Action, 'now'>> & Pick<Action, 'by'> & { readonly isDry: boolean },
): Promise<MergeReport & Triggered> {
  const work = async (tx: WriteTx) =>
    mergeIn(tx, merger, { now: action.now ?? tx.now, by: action.by });
  const { done, triggers } = await changeData(store, action, work);
  return { ...done, triggers };
}

/** What `mergeContacts` does in its transaction. */
export async function mergeIn(
  tx: WriteTx,
  merger: Merger,
  { now, by }: Action,
): Promise<MergeReport> {
  const { winner, losers } = merger;
  // somebody may have deleted one of them since they were named
  await getContacts(tx, [winner, ...losers].map(String));
  const { fields, values } = await mergedValues(tx, merger);
  const merged = await tx.contacts.merge({ ...merger, values, now, by, yielding: ACTIONS });
  const [row] = await tx.contacts.list({ ids: [winner] }, ['email']);
  const email = row?.['email'] ?? null;
  return { winner, losers, fields, email: email === null ? null : String(email), ...merged };
}

/** What the store keeps about contacts itself, and that becomes the winner's. */
const KEPT = ['identified_at', 'last_active_at'];

interface MergedValues {
  readonly fields: readonly MergedField[];
  /** What the winner does not have yet, by column. */
  readonly values: NewRecord;
}

async function mergedValues(tx: ReadTx, { winner, losers }: Merger): Promise<MergedValues> {
  const fields = (await tx.fields.list()).filter(
    ({ object, origin, type }) => object === 'contact' && origin !== 'kept' && type !== 'tags',
  );
  const columns = [...fields.map(({ alias }) => alias), 'company_id', ...KEPT];
  const found = await tx.contacts.list({ ids: [winner, ...losers] }, columns);
  const byId = new Map(found.map((row) => [row.id, row]));
  const rows = [winner, ...losers].flatMap((id) => byId.get(id) ?? []);
  const merged = fields.flatMap((field) => mergedField(field, rows) ?? []);
  const taken = merged.filter(({ from }) => from !== winner);
  const values = taken.map(({ field: { alias }, value, from }): [string, Value] =>
    alias === 'company' ? ['company_id', byId.get(from)?.['company_id'] ?? null] : [alias, value],
  );
  return { fields: merged, values: { ...Object.fromEntries(values), ...keptValues(rows) } };
}

/** Undefined where nobody has a value. */
function mergedField(field: FieldRow, rows: readonly RecordRow[]): MergedField | undefined {
  const given = rows.flatMap(({ id, [field.alias]: value = null }) =>
    value === null || value === '' ? [] : [{ contactId: id, value }],
  );
  const [first, ...others] = given;
  if (first === undefined) return undefined;
  const { contactId: from, value } = first;
  // rule: merge-lost-told
  return { field, value, from, lost: others.filter((other) => other.value !== value) };
}

/** Who was identified as one of them is; who was active as one of them was. */
function keptValues(rows: readonly RecordRow[]): NewRecord {
  const instants = (column: string): number[] =>
    rows.flatMap(({ [column]: value }) => (typeof value === 'number' ? [value] : []));
  const [winner] = rows;
  const [identified, active] = [instants('identified_at'), instants('last_active_at')];
  return {
    ...(winner?.['identified_at'] === null && identified.length > 0
      ? { identified_at: Math.min(...identified) }
      : {}),
    ...(active.length > 0 ? { last_active_at: Math.max(...active) } : {}),
  };
}
