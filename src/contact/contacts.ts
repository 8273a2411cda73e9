import type { Deleting, NewRecord, WriteTx } from '../store/index.ts';
import { type Assignment, readAssignments } from './assignments.ts';
import { ensureCompany } from './companies.ts';
import { requireNotErased } from './erased.ts';
import { tagContacts } from './tags.ts';
import { checkUniques, uniquesIn } from './uniques.ts';

/** The values of a new contact. Without an e-mail address or a unique field it is anonymous. */
export interface ContactRequest {
  readonly email?: string | undefined;
  readonly assignments: readonly Assignment[];
  readonly tags: readonly string[];
  /** Also somebody who was erased. */
  readonly allowErased?: boolean | undefined;
}

export interface SavedContact {
  readonly id: number;
  readonly email: string | null;
  readonly anonymous: boolean;
  /** Whether anything is different from before. */
  readonly changed: boolean;
}

/**
 * Adds a contact; its company is created if it is missing. `UserError`: a bad assignment or tag
 * (2), an e-mail address or unique value that another contact has, or somebody had who was erased
 * (1).
 */
export async function addContact(
  tx: WriteTx,
  { email, assignments, tags, allowErased = false }: ContactRequest,
  now: number,
): Promise<SavedContact> {
  const all = email === undefined ? assignments : [{ name: 'email', value: email }, ...assignments];
  const { values, identifies } = await readContactValues(tx, all, now);
  await checkUniques(tx, 'contact', values);
  // rule: erased-refused
  await requireNotErased(tx, values, allowErased);
  const id = await tx.contacts.insert(identifies ? { ...values, identified_at: now } : values, now);
  await tagContacts(tx, [id], tags, now);
  await tx.suppressions.settle([id]);
  return savedContact(tx, id, true);
}

/**
 * Changes a contact. An anonymous contact that gets an e-mail address or a unique value is
 * identified from now on. `UserError` as `addContact`.
 */
export async function editContact(
  tx: WriteTx,
  id: number,
  assignments: readonly Assignment[],
  now: number,
  allowErased = false,
): Promise<SavedContact> {
  const { values, identifies } = await readContactValues(tx, assignments, now);
  await checkUniques(tx, 'contact', values, id);
  await requireNotErased(tx, values, allowErased);
  // rule: settled-before-edit
  await tx.suppressions.settle([id]); // what stands for a value that now goes
  const changed = await tx.contacts.update([id], values, now);
  if (identifies) await tx.contacts.identify([id], now);
  if (identifies || 'email' in values) await tx.suppressions.settle([id]);
  return savedContact(tx, id, changed > 0);
}

interface ContactValues {
  /** By column. */
  readonly values: NewRecord;
  /** Whether a unique field is set. */
  readonly identifies: boolean;
}

async function readContactValues(
  tx: WriteTx,
  assignments: readonly Assignment[],
  now: number,
): Promise<ContactValues> {
  const fields = await tx.fields.list();
  const { timezone } = await tx.settings.get();
  const { company, ...values } = readAssignments(assignments, 'contact', fields, timezone);
  const identifies = uniquesIn(values, 'contact', fields).length > 0;
  if (company === undefined) return { values, identifies };
  const companyId = company === null ? null : await ensureCompany(tx, String(company), now);
  return { values: { ...values, company_id: companyId }, identifies };
}

async function savedContact(tx: WriteTx, id: number, changed: boolean): Promise<SavedContact> {
  const [row] = await tx.contacts.list({ ids: [id] }, ['email', 'identified_at']);
  if (row === undefined) throw new Error(`contact ${id} is gone`);
  return {
    id,
    email: row['email'] === null ? null : String(row['email']),
    anonymous: row['identified_at'] === null,
    changed,
  };
}

/**
 * Deletes contacts with their events, tags, pins, memberships and history. What stands for one of
 * their values holds for all of them from then on. Returns how many were deleted.
 */
export async function deleteContacts(
  tx: WriteTx,
  ids: readonly number[],
  deleting: Deleting,
): Promise<number> {
  // rule: settled-before-delete
  await tx.suppressions.settle(ids);
  return tx.contacts.delete(ids, deleting);
}
