import { quoteName } from '../filter/quote.ts';
import type { FieldRow, FieldType, ReadTx, RecordKind, WriteTx } from '../store/index.ts';
import { EXIT, UserError } from '../support/errors.ts';
import { fold } from '../support/fold.ts';
import { clipped, counted } from '../support/text.ts';
import {
  checkCanBeUnique,
  expectLabel,
  expectOptions,
  type FieldRequest,
  planField,
} from './field-rules.ts';
import { getField } from './fields.ts';
import { segmentsTesting, segmentsTestingOption } from './field-uses.ts';
import { readCondition } from './where.ts';

/**
 * Adds a custom field and its column. `UserError`: a bad alias, type or options (2), an alias in
 * use (1).
 */
export async function createField(
  tx: WriteTx,
  request: FieldRequest,
  now: number,
): Promise<FieldRow> {
  const planned = planField(request, await tx.fields.list());
  const id = await tx.fields.add(planned, now);
  return { ...planned, id, origin: 'custom' };
}

/**
 * What to change in a field; options that are left out stay as they are. `options` is the whole new
 * list.
 */
export interface FieldEdit {
  readonly label?: string | undefined;
  readonly options?: readonly string[] | undefined;
  readonly unique?: boolean | undefined;
  readonly indexed?: boolean | undefined;
}

export interface EditedField {
  readonly field: FieldRow;
  /** Whether anything is different from before. */
  readonly changed: boolean;
}

/**
 * Changes a field and returns it. A field of contacts that becomes unique identifies those who have
 * a value in it. `UserError`: an unknown field, options that its type cannot have (2); removing an
 * option that is in use, making a field unique in which records share a value, or changing of a
 * standard field what cannot change (1).
 */
export async function editField(
  tx: WriteTx,
  object: RecordKind,
  alias: string,
  edit: FieldEdit,
  now: number,
): Promise<EditedField> {
  const field = getField(await tx.fields.list(), object, alias);
  checkStandard(field, edit);
  const edited: FieldRow = {
    ...field,
    label: edit.label === undefined ? field.label : expectLabel(edit.label),
    options:
      edit.options === undefined
        ? field.options
        : expectOptions(field.alias, field.type, edit.options),
    unique: edit.unique ?? field.unique,
    indexed: edit.indexed ?? field.indexed,
  };
  const becomesUnique = edited.unique && !field.unique;
  if (becomesUnique) await checkBecomesUnique(tx, field);
  await checkRemovedOptions(tx, field, edited.options);
  await tx.fields.update(edited);
  if (becomesUnique && object === 'contact') await identifyBy(tx, edited, now);
  return { field: edited, changed: JSON.stringify(edited) !== JSON.stringify(field) };
}

/**
 * Filters test standard fields too, so they may be indexed, and some people have a phone and no
 * address, so that texts may be unique. But some fields are no column, and others have a key of
 * their own.
 */
function checkStandard(field: FieldRow, { options, unique, indexed }: FieldEdit): void {
  if (field.origin === 'custom') return;
  const mayBeUnique = isFreeText(field);
  if (options !== undefined || (unique !== undefined && !mayBeUnique))
    throw standardField(
      field,
      mayBeUnique
        ? 'only its label, its index and whether it is unique can change'
        : 'only its label and its index can change',
    );
  if (indexed !== undefined && isBound(field))
    throw standardField(field, 'its index cannot change');
}

/** A standard field of text that is a column of its own and need not be unique. */
function isFreeText(field: FieldRow): boolean {
  return field.origin === 'standard' && UNIQUE_TEXTS.includes(field.type) && !isBound(field);
}

/** Fields that are no column, and those by which every store tells its records apart. */
function isBound({ object, alias }: FieldRow): boolean {
  return BOUND[object].includes(alias);
}

const BOUND: Readonly<Record<RecordKind, readonly string[]>> = {
  contact: ['id', 'email', 'company', 'tags'],
  company: ['id', 'name'],
};
const UNIQUE_TEXTS: readonly FieldType[] = ['text', 'email', 'url', 'phone'];

async function checkRemovedOptions(
  tx: ReadTx,
  field: FieldRow,
  kept: readonly string[],
): Promise<void> {
  const keys = new Set(kept.map(fold));
  for (const option of field.options.filter((known) => !keys.has(fold(known)))) {
    const inUseBy = `the option \`${option}\` of \`${field.alias}\` is in use by`;
    const records = await tx.fields.countOption(field, option);
    if (records > 0)
      throw inUse(
        `${inUseBy} ${countedRecords(records, field.object)}`,
        'give them another value first',
      );
    const users = await segmentsTestingOption(tx, field, option);
    if (users.length > 0)
      throw inUse(`${inUseBy} ${filtersOf(users)}`, 'change what they say first');
  }
}

/** How many values that repeat are named. */
const MOST_NAMED = 5;

async function checkBecomesUnique(tx: ReadTx, field: FieldRow): Promise<void> {
  checkCanBeUnique(field.alias, field.type);
  const pairs = await tx.fields.equalValues(field, MOST_NAMED + 1);
  if (pairs.length === 0) return;
  const named = pairs.slice(0, MOST_NAMED).map(({ ids: [first, second], values: [one, other] }) => {
    const shown = [...new Set([one, other])].map((value) => `\`${clipped(String(value))}\``);
    return `${first} and ${second} (${shown.join(', ')})`;
  });
  const more = pairs.length > MOST_NAMED ? ', and more' : '';
  throw new UserError(
    'TAKEN',
    EXIT.refused,
    `\`${field.alias}\` cannot become unique: ${plural(field.object)} have the same value: ` +
      `${named.join(', ')}${more}`,
    {
      hint: `make the values differ first: rollcall ${plural(field.object)}:edit ID --set ${field.alias}=…`,
    },
  );
}

async function identifyBy(tx: WriteTx, field: FieldRow, now: number): Promise<void> {
  const { where } = await readCondition(
    tx,
    `${quoteName(field.alias)} is not empty and identified_at is empty`,
    now,
  );
  const anonymous = await tx.contacts.list({ where }, []);
  await tx.contacts.identify(
    anonymous.map(({ id }) => id),
    now,
  );
}

/**
 * What deleting a field removed. `segments` are those whose filters named it and are broken now.
 */
export interface DeletedField {
  readonly field: FieldRow;
  /** How many records had a value in it. */
  readonly values: number;
  /** Suppressions that stand for its values, which go with it. */
  readonly wishes: number;
  readonly segments: readonly string[];
}

/** Deletes a custom field with all its values. `UserError` as `planDeletion`. */
export async function deleteField(
  tx: WriteTx,
  object: RecordKind,
  alias: string,
  options: { readonly force?: boolean } = {},
): Promise<DeletedField> {
  const planned = await planDeletion(tx, object, alias, options);
  await tx.fields.delete(planned.field);
  return planned;
}

/**
 * What `deleteField` would remove. `UserError`: an unknown field (2), a standard field, or one that
 * a filter uses unless `force` (1).
 */
export async function planDeletion(
  tx: ReadTx,
  object: RecordKind,
  alias: string,
  { force = false } = {},
): Promise<DeletedField> {
  const field = getField(await tx.fields.list(), object, alias);
  if (field.origin !== 'custom') throw standardField(field, 'it cannot be deleted');
  const segments = await segmentsTesting(tx, field);
  if (segments.length > 0 && !force) {
    throw inUse(
      `the field \`${field.alias}\` is in use by ${filtersOf(segments)}`,
      'change what they say first; --force deletes the field and leaves them broken',
    );
  }
  const values = await tx.fields.countFilled(field);
  return { field, values, wishes: await tx.fields.countWishes(field), segments };
}

function standardField(field: FieldRow, rule: string): UserError {
  return new UserError(
    'STANDARD_FIELD',
    EXIT.refused,
    `\`${field.alias}\` is a standard field: ${rule}`,
    { hint: '`rollcall fields:list --origin custom` shows yours' },
  );
}

function inUse(message: string, hint: string): UserError {
  return new UserError('IN_USE', EXIT.refused, message, { hint });
}

function filtersOf(segments: readonly string[]): string {
  return `the ${segments.length === 1 ? 'filter' : 'filters'} of ${segments.join(', ')}`;
}

function countedRecords(count: number, object: RecordKind): string {
  return counted(count, object, plural(object));
}

function plural(object: RecordKind): string {
  return object === 'contact' ? 'contacts' : 'companies';
}
