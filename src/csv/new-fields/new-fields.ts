import { type FieldRequest, planField } from '../../contact/field-rules.ts';
import type { FieldRow, FieldType, RecordKind } from '../../store/index.ts';
import { EXIT, UserError } from '../../support/errors.ts';
import { shellQuoted } from '../../support/shell-quote.ts';
import type { ColumnMapping } from '../column-mapping.ts';
import { givenFormats } from '../date-columns.ts';
import { fieldName, nameOfCompanyField } from '../field-name.ts';
import type { CreatedField, ImportOptions } from '../import-options.ts';
import { wordsOf } from '../loosely.ts';
import { mapOptionText } from '../map-option.ts';
import { tooLong } from '../plan.ts';
import type { KnownTable } from '../presets/preset-table.ts';
import type { StoreFacts } from '../store-facts.ts';
import type { Table } from '../table.ts';
import { FittingType, type Spoiler } from './fitting-type.ts';

/** A field that is made for a column which finds none. */
export interface NewColumnField {
  readonly column: string;
  /** How the column's field is called in the file: `company.size` in one of contacts. */
  readonly target: string;
  readonly request: FieldRequest;
  /** As it will be; its id is not known yet. */
  readonly field: FieldRow;
  /** The cell that makes a text of it. */
  readonly spoiler?: Spoiler | undefined;
}

/** The fields to make, by the position of their columns; null for a column without values. */
export type NewFields = ReadonlyMap<number, NewColumnField | null>;

export const NO_NEW_FIELDS: NewFields = new Map();

/** What is known of the store as it will be with these fields. */
export function withNewFields(facts: StoreFacts, made: NewFields): StoreFacts {
  return {
    ...facts,
    fields: [...facts.fields, ...fieldsOf(made).map(({ field }) => field)],
    created: new Map([...made].map(([position, one]) => [position, one?.target ?? null])),
  };
}

/** What the report says of them. */
export function createdBy(made: NewFields): CreatedField[] {
  return fieldsOf(made).map(({ column, field: { object, alias, type }, spoiler = null }) => ({
    ...{ column, object, alias, type, spoiler },
  }));
}

/** Each field to make, once. */
export function fieldsOf(made: NewFields): NewColumnField[] {
  return [...made.values()].filter((one) => one !== null);
}

/** The columns of a file, as they are read into the fields that there are. */
interface PlannedFile {
  readonly object: RecordKind;
  readonly columns: readonly ColumnMapping[];
}

/**
 * Plans a custom field for each column that finds none, of the type that all of its values fit.
 * Reads the whole file, of which it keeps nothing. `UserError` (65): a name that no alias can be
 * made of, or whose alias is taken.
 */
export async function planNewFields(
  { table, preset }: KnownTable,
  { object, columns }: PlannedFile,
  { fields, zone }: StoreFacts,
  options: ImportOptions,
): Promise<NewFields> {
  const open = columns.filter(({ how, column }) => how === 'unknown' && column !== '');
  if (open.length === 0) return NO_NEW_FIELDS;
  const types = await typesOf(table, open, zone, options);
  const prefix = preset?.json === undefined ? '' : `${preset.json}.`;
  const planner = new Planner(object, fields);
  const planned = new Map(
    open.map(({ position, column }) => {
      const { type, spoiler } = types.get(position) ?? {};
      const name = column.startsWith(prefix) ? column.slice(prefix.length) : column;
      const made = type === undefined ? null : planner.plan(column, name, type);
      return [position, made === null ? null : { ...made, spoiler }] as const;
    }),
  );
  planner.requireAll();
  return planned;
}

/** What type the values of each column have, by position. */
async function typesOf(
  table: Table,
  columns: readonly ColumnMapping[],
  zone: string,
  { dateFormat = [] }: ImportOptions,
): Promise<ReadonlyMap<number, FittingType>> {
  const { ofAll, byPosition } = givenFormats(table.header, dateFormat);
  const seen = columns.map(({ position }) => {
    const own = byPosition.get(position);
    const context = { zone, dateFormat: own ?? ofAll };
    return { position, values: new FittingType(context, own !== undefined) };
  });
  for await (const rows of table.batches())
    for (const row of rows) {
      if (tooLong(row, table) !== undefined) continue; // its cells may stand in wrong columns
      for (const { position, values } of seen) values.see(row.cells[position] ?? '', row.line);
    }
  return new Map(seen.map(({ position, values }) => [position, values]));
}

/** Letters that are another letter with something to it, and that Unicode does not take apart. */
const LETTERS: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  ł: 'l',
  đ: 'd',
};

/** `Größe (cm)` → `grosse_cm`, `UserID` → `user_id`. */
function aliasOf(name: string): string {
  return wordsOf(name)
    .replace(/[ßæœøłđ]/g, (letter) => LETTERS[letter] ?? letter)
    .replaceAll(' ', '_');
}

/** Plans fields one by one, so that all that cannot be made are told at once. */
class Planner {
  readonly #object: RecordKind;
  readonly #fields: readonly FieldRow[];
  readonly #refused: UserError[] = [];

  constructor(object: RecordKind, fields: readonly FieldRow[]) {
    this.#object = object;
    this.#fields = fields;
  }

  /** Null for one that cannot be made. */
  plan(column: string, name: string, type: FieldType): NewColumnField | null {
    const ofCompany = this.#object === 'contact' ? nameOfCompanyField(name) : undefined;
    const label = ofCompany ?? name;
    const object = ofCompany === undefined ? this.#object : 'company';
    const request = { object, alias: aliasOf(label), type, label };
    const target = object === this.#object ? request.alias : fieldName(request);
    try {
      const field: FieldRow = { ...planField(request, this.#fields), id: 0, origin: 'custom' };
      return { column, target, request, field };
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      this.#refused.push(cannotBeMade(column, request, error));
      return null;
    }
  }

  /** `UserError` (65) unless all could be planned. */
  requireAll(): void {
    const [first, ...others] = this.#refused;
    if (first === undefined) return;
    const messages = [first, ...others].map(({ message }) => message);
    throw new UserError('NO_SUCH_FIELD', EXIT.badInput, messages.join('; '), { hint: first.hint });
  }
}

function cannotBeMade(column: string, request: FieldRequest, why: UserError): UserError {
  const { object, alias, type, label = column } = request;
  const words = [
    ...['rollcall fields:create ALIAS', `--type ${type}`, `--label ${shellQuoted(label)}`],
    ...(object === 'company' ? ['--object company'] : []),
  ];
  const hint =
    why.code === 'TAKEN'
      ? `read the column into it: ${mapOptionText([{ column, field: alias }])}`
      : `make it under another name, then import again: ${words.join(' ')}`;
  return new UserError(
    'NO_SUCH_FIELD',
    EXIT.badInput,
    `no field can be made of the column \`${column}\`: ${why.message}`,
    { hint: `${hint}; or leave it out: --ignore ${shellQuoted(column)}` },
  );
}
