import type { FieldRow, RecordKind, StageShape } from '../store/index.ts';
import type { ColumnMapping } from './column-mapping.ts';
import { mapColumns } from './columns.ts';
import { columnsOfCompany } from './company-columns.ts';
import type { DateColumns } from './date-columns.ts';
import type { Target, Targets } from './find-target.ts';
import type { ImportOptions } from './import-options.ts';
import { expectColumn, keyField } from './key.ts';
import { parseMulti } from './multi-option.ts';
import type { ImportPlan } from './plan.ts';
import type { KnownTable } from './presets/preset-table.ts';
import { readersBeside, RowReader } from './row-reader.ts';
import type { StoreFacts } from './store-facts.ts';
import { COMPANY_SYNONYMS, CONTACT_SYNONYMS } from './synonyms.ts';
import type { Table } from './table.ts';
import { type ValueColumn, valueColumn } from './value-column.ts';

/** Fields that the store writes itself and a file may set all the same. */
const SETTABLE = new Set(['created_at', 'identified_at', 'last_active_at']);

/**
 * The plan of a contacts or companies file; of a list of members where `targets` are given, which
 * leaves their keys as they are written. `UserError`: see `mapColumns`, `keyField`,
 * `expectColumn`.
 */
export async function planRecords(
  { table, preset }: KnownTable,
  object: RecordKind,
  facts: StoreFacts,
  dates: DateColumns,
  options: ImportOptions,
  targets?: Targets,
): Promise<ImportPlan> {
  const fields = facts.fields.filter((field) => field.object === object);
  const key = keyField(facts.fields, object, options.key ?? USUAL_KEY[object]);
  const wanted = targets ?? recordTargets(facts.fields, object, key);
  const columns = mapColumns(table.header, wanted, {
    ...options,
    preset,
    created: facts.created,
  });
  const { keyColumn, required } = requiredColumns(table, columns, { fields, object, key }, options);
  const separators = parseMulti(options.multi ?? [], fields, object);
  const { keepBlanks } = options;
  const valueColumns = columns.flatMap((column) =>
    valueColumn(column, { fields, dates, separators, required, keepBlanks }),
  );
  const beside = await readersBeside(columns, separators, facts, options);
  const company = columnsOfCompany(columns, facts.fields, { dates, keepBlanks });
  const reader = new RowReader(object, key.alias, columns, valueColumns, { ...beside, company });
  return {
    shape: {
      ...shapeOf(reader.stored, company, { fields, object, key }, options),
      keepsKey: targets !== undefined,
    },
    columns,
    keyColumn,
    dates,
    get lacksKey() {
      return reader.lacksKey;
    },
    segmentIds: reader.segmentIds,
    cleaned: reader.cleaned,
    check: (row) => reader.check(row, table),
  };
}

const USUAL_KEY: Readonly<Record<RecordKind, string>> = { contact: 'email', company: 'name' };

type RecordShape = Extract<StageShape, { kind: 'contacts' | 'companies' }>;

/** What kind of records a file has, and by what they are known. */
interface Known {
  readonly fields: readonly FieldRow[];
  readonly object: RecordKind;
  readonly key: FieldRow;
}

/** The name of the key's column, which rows without one may lack, and what each row must have. */
function requiredColumns(
  table: Table,
  columns: readonly ColumnMapping[],
  { fields, object, key }: Known,
  options: ImportOptions,
): { readonly keyColumn: string; readonly required: readonly (FieldRow | undefined)[] } {
  const isKeyless = options.keyless === 'insert';
  const keyColumn = isKeyless
    ? columns.find((column) => column.field === key.alias)
    : expectColumn(table, columns, key, `the key \`${key.alias}\``);
  const name = nameOfNew(fields, object, key, options);
  if (name !== undefined)
    expectColumn(table, columns, name, `\`${name.alias}\`, which a new ${object} needs`);
  return { keyColumn: keyColumn?.column ?? '', required: isKeyless ? [name] : [key, name] };
}

function shapeOf(
  columns: readonly ValueColumn[],
  company: readonly ValueColumn[],
  { fields, object, key }: Known,
  { duplicates = 'last' }: ImportOptions,
): RecordShape {
  const stored = columns.map((column) => column.field);
  const uniques = fields
    .filter((field) => field.unique && field !== key && stored.includes(field.alias))
    .map((field) => field.alias);
  const kind = object === 'contact' ? 'contacts' : 'companies';
  const companyColumns = company.map(({ field }) => field);
  return { kind, key: key.alias, columns: stored, uniques, duplicates, companyColumns };
}

/** The plan of a file of members: of the fields of contacts only the key is read. */
export async function planMembers(
  known: KnownTable,
  facts: StoreFacts,
  dates: DateColumns,
  options: ImportOptions,
): Promise<ImportPlan> {
  const key = keyField(facts.fields, 'contact', options.key ?? 'email');
  const targets = { list: [key], consent: true, synonyms: CONTACT_SYNONYMS };
  return planRecords(known, 'contact', { ...facts, fields: [key] }, dates, options, targets);
}

function recordTargets(fields: readonly FieldRow[], object: RecordKind, key: FieldRow): Targets {
  const targetsOf = (kind: RecordKind): Target[] =>
    fields.filter((field) => field.object === kind).map((field) => targetOf(field, key));
  const list = targetsOf(object);
  return object === 'contact'
    ? {
        list: [...list, { alias: 'segments', label: 'Segments' }],
        company: targetsOf('company'),
        consent: true,
        synonyms: CONTACT_SYNONYMS,
      }
    : { list, synonyms: COMPANY_SYNONYMS };
}

function targetOf(field: FieldRow, key: FieldRow): Target {
  return {
    alias: field.alias,
    label: field.label,
    custom: field.origin === 'custom',
    kept: field.origin === 'kept' && field !== key && !SETTABLE.has(field.alias),
  };
}

/**
 * The name field of companies, which a new company needs, if the key is another field and rows may
 * create companies.
 */
function nameOfNew(
  fields: readonly FieldRow[],
  object: RecordKind,
  key: FieldRow,
  { mode }: ImportOptions,
): FieldRow | undefined {
  if (object === 'contact' || key.alias === 'id' || mode === 'update') return undefined;
  return fields.find((field) => field.alias === 'name');
}
