import {
  CONSENT_COLUMNS,
  FIELD_TYPES,
  type FieldRow,
  type FieldType,
  type NewField,
  type RecordKind,
} from '../store/index.ts';
import { EXIT, UserError } from '../support/errors.ts';
import { fold } from '../support/fold.ts';
import { nearest } from '../support/nearest.ts';
import { toNfc } from '../support/text.ts';

/**
 * The types that a custom field may have: all but `tags`, because a contact has only one set of
 * tags.
 */
export const CUSTOM_FIELD_TYPES = FIELD_TYPES.filter(
  (type): type is Exclude<FieldType, 'tags'> => type !== 'tags',
);

/** Types whose values can identify a record. */
const UNIQUE_TYPES: ReadonlySet<FieldType> = new Set([
  'text',
  'number',
  'date',
  'datetime',
  'email',
  'url',
  'phone',
]);

const ALIAS = /^[a-z][a-z0-9_]*$/;
const LONGEST_ALIAS = 60;

/**
 * Aliases that files, columns and the language use for something else. Standard fields need no
 * entry: their aliases are taken.
 */
const RESERVED = new Set([
  'company',
  'company_id',
  'contact',
  'contact_id',
  'contacts',
  'id',
  'oid',
  'rowid',
  'segment',
  'segments',
  'tags',
  ...Object.keys(CONSENT_COLUMNS),
]);

/** A new field as the user describes it. */
export interface FieldRequest {
  readonly object: RecordKind;
  readonly alias: string;
  readonly type: string;
  readonly label?: string | undefined;
  readonly options?: readonly string[] | undefined;
  readonly unique?: boolean | undefined;
  readonly indexed?: boolean | undefined;
}

/**
 * The field that a request describes. `UserError`: an alias that is malformed, reserved or taken,
 * an unknown type, or options that the type cannot have.
 */
export function planField(request: FieldRequest, fields: readonly FieldRow[]): NewField {
  checkAlias(request.alias, request.object, fields);
  const type = expectType(request.type);
  const unique = request.unique ?? false;
  if (unique) checkCanBeUnique(request.alias, type);
  return {
    object: request.object,
    alias: request.alias,
    label: request.label === undefined ? labelOf(request.alias) : expectLabel(request.label),
    type,
    options: expectOptions(request.alias, type, request.options),
    unique,
    indexed: request.indexed ?? false,
  };
}

function checkAlias(alias: string, object: RecordKind, fields: readonly FieldRow[]): void {
  if (!ALIAS.test(alias)) {
    throw usage(
      'BAD_ALIAS',
      `\`${alias}\` cannot be a field's alias`,
      'use lower-case letters a-z, digits and _, and begin with a letter',
    );
  }
  if (alias.length > LONGEST_ALIAS) {
    throw usage(
      'BAD_ALIAS',
      `an alias has at most ${LONGEST_ALIAS} characters, this one has ${alias.length}`,
      'shorten it; --label may be as long as you like',
    );
  }
  requireFree(alias, object, fields);
  if (RESERVED.has(alias))
    throw usage('BAD_ALIAS', `\`${alias}\` is reserved`, 'choose another alias');
}

function requireFree(alias: string, object: RecordKind, fields: readonly FieldRow[]): void {
  const same = fields.find(
    (field) => field.object === object && field.alias.toLowerCase() === alias,
  );
  if (same === undefined) return;
  const kind = same.origin === 'custom' ? '' : 'standard ';
  throw new UserError(
    'TAKEN',
    EXIT.refused,
    `there is a ${kind}${object} field \`${alias}\` already`,
    { hint: 'choose another alias; `rollcall fields:list` shows those in use' },
  );
}

function expectType(name: string): FieldType {
  const type = CUSTOM_FIELD_TYPES.find((known) => known === name);
  if (type !== undefined) return type;
  const [near] = nearest(name, CUSTOM_FIELD_TYPES);
  throw usage(
    'UNKNOWN_TYPE',
    `unknown field type \`${name}\``,
    near === undefined
      ? `the types are ${CUSTOM_FIELD_TYPES.join(', ')}`
      : `did you mean \`${near}\`?`,
  );
}

/** `UserError` unless values of this type can identify a record. */
export function checkCanBeUnique(alias: string, type: FieldType): void {
  if (UNIQUE_TYPES.has(type)) return;
  throw usage(
    'BAD_FIELD',
    `a field of type ${type} cannot be unique: \`${alias}\``,
    `unique fields have one of the types ${[...UNIQUE_TYPES].join(', ')}`,
  );
}

/** `first_name` → `First name`. */
function labelOf(alias: string): string {
  const words = alias.replaceAll('_', ' ').trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** `UserError` for a label without a visible character. */
export function expectLabel(label: string): string {
  const text = toNfc(label).trim();
  if (text === '')
    throw usage(
      'BAD_LABEL',
      'a label cannot be empty',
      'leave --label out to make one from the alias',
    );
  return text;
}

/** The options of a select or multiselect field, checked; none for other types. */
export function expectOptions(
  alias: string,
  type: FieldType,
  given: readonly string[] | undefined,
): readonly string[] {
  const choice = type === 'select' || type === 'multiselect';
  if (!choice) {
    if (given === undefined) return [];
    throw usage(
      'BAD_OPTIONS',
      `a field of type ${type} has no options: \`${alias}\``,
      'leave --options out, or use --type select',
    );
  }
  const options = (given ?? []).map((option) => toNfc(option).trim());
  if (options.length === 0)
    throw usage(
      'BAD_OPTIONS',
      `a field of type ${type} needs its options`,
      'name them: --options free,pro,team',
    );
  checkOptions(options);
  return options;
}

function checkOptions(options: readonly string[]): void {
  const seen = new Set<string>();
  for (const option of options) {
    checkOption(option);
    const key = fold(option);
    if (seen.has(key))
      throw usage(
        'BAD_OPTIONS',
        `the option \`${option}\` is there twice`,
        'case makes no difference',
      );
    seen.add(key);
  }
}

function checkOption(option: string): void {
  if (option === '')
    throw usage(
      'BAD_OPTIONS',
      'an option cannot be empty',
      'write them with single commas: --options free,pro,team',
    );
  if (option.includes('|'))
    throw usage(
      'BAD_OPTIONS',
      `an option cannot contain \`|\`: \`${option}\``,
      '`|` stands between values in files',
    );
  if (option === 'NULL')
    throw usage(
      'BAD_OPTIONS',
      '`NULL` cannot be an option',
      'in files and in --set it clears a value',
    );
}

function usage(code: string, message: string, hint: string): UserError {
  return new UserError(code, EXIT.usage, message, { hint });
}
