import type { NewRecord, ReadTx, Value, WriteTx } from '../store/index.ts';
import { withoutBlanks } from '../support/blanks.ts';
import { EXIT, UserError } from '../support/errors.ts';
import { nearest } from '../support/nearest.ts';
import { idOutOfReach, parseId } from '../support/record-id.ts';
import { toNfc } from '../support/text.ts';
import { type Assignment, readAssignments } from './assignments.ts';
import { checkUniques } from './uniques.ts';

export interface SavedCompany {
  readonly id: number;
  readonly name: string;
  /** Whether anything is different from before. */
  readonly changed: boolean;
}

/** Adds a company. `UserError`: a bad assignment (2), a name or unique value that is taken (1). */
export async function addCompany(
  tx: WriteTx,
  assignments: readonly Assignment[],
  now: number,
): Promise<SavedCompany> {
  const values = await readCompanyValues(tx, assignments);
  await checkUniques(tx, 'company', values);
  return savedCompany(tx, await tx.companies.insert(values, now), true);
}

/** Changes a company. `UserError` as `addCompany`. */
export async function editCompany(
  tx: WriteTx,
  id: number,
  assignments: readonly Assignment[],
  now: number,
): Promise<SavedCompany> {
  const values = await readCompanyValues(tx, assignments);
  await checkUniques(tx, 'company', values, id);
  const changed = await tx.companies.update([id], values, now);
  return savedCompany(tx, id, changed > 0);
}

async function savedCompany(tx: ReadTx, id: number, changed: boolean): Promise<SavedCompany> {
  const [row] = await tx.companies.list({ ids: [id] }, ['name']);
  return { id, name: String(row?.['name']), changed };
}

async function readCompanyValues(
  tx: ReadTx,
  assignments: readonly Assignment[],
): Promise<NewRecord> {
  const { timezone } = await tx.settings.get();
  // ahead of the hint on how a field is cleared, which a name cannot be
  for (const { name, value } of assignments) if (name.toLowerCase() === 'name') expectName(value);
  const values = readAssignments(assignments, 'company', await tx.fields.list(), timezone);
  return values['name'] === undefined ? values : { ...values, name: expectName(values['name']) };
}

/** A company's name, without blanks at its ends. `UserError` (2) when nothing is left. */
function expectName(value: Value): string {
  const name = withoutBlanks(String(value ?? ''));
  if (name === '')
    throw new UserError('NO_NAME', EXIT.usage, 'a company needs a name', {
      hint: 'give it one with a letter or a digit in it',
    });
  return name;
}

/**
 * Deletes companies; their contacts stay, without a company. Returns how many companies were
 * deleted.
 */
export async function deleteCompanies(tx: WriteTx, ids: readonly number[]): Promise<number> {
  return tx.companies.delete(ids);
}

/**
 * The ids of the companies with these ids or names. `UserError` (2), with the nearest name, if one
 * is unknown.
 */
export async function getCompanies(
  tx: ReadTx,
  refs: readonly string[],
): Promise<readonly number[]> {
  const byName = await tx.companies.match(
    'name',
    refs.map((ref) => toNfc(withoutBlanks(ref))),
  );
  const byId = await tx.companies.match(
    'id',
    refs.map((ref) => parseId(withoutBlanks(ref)) ?? null),
  );
  const found = refs.map((_, position) => byId[position] ?? byName[position] ?? null);
  const unknown = refs.find((_, position) => found[position] === null);
  if (unknown !== undefined)
    throw idOutOfReach(withoutBlanks(unknown)) ?? (await unknownCompany(tx, unknown));
  return [...new Set(found.filter((id) => id !== null))];
}

/** What these companies are called, by id. */
export async function companyNames(tx: ReadTx, ids: readonly number[]): Promise<string[]> {
  return (await tx.companies.list({ ids }, ['name'])).map(({ name }) => String(name));
}

export async function getCompany(tx: ReadTx, ref: string): Promise<number> {
  const [id] = await getCompanies(tx, [ref]);
  if (id === undefined) throw new Error(`resolved to nothing: ${ref}`);
  return id;
}

async function unknownCompany(tx: ReadTx, ref: string): Promise<UserError> {
  const names = (await tx.companies.list({}, ['name'])).map(({ name }) => String(name));
  const [near] = nearest(ref, names);
  return new UserError('UNKNOWN_COMPANY', EXIT.usage, `unknown company \`${ref}\``, {
    hint:
      near === undefined ? '`rollcall companies:list` shows them all' : `did you mean \`${near}\`?`,
  });
}

/** The id of the company of this name, which is created if it is missing. */
export async function ensureCompany(tx: WriteTx, given: string, now: number): Promise<number> {
  const name = expectName(given);
  const [known] = await tx.companies.match('name', [name]);
  return known ?? (await tx.companies.insert({ name }, now));
}
