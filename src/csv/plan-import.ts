import type { ImportKind } from '../store/index.ts';
import { DateColumns, givenFormats } from './date-columns.ts';
import { planEvents } from './event-plan.ts';
import type { ImportOptions } from './import-options.ts';
import {
  type NewFields,
  NO_NEW_FIELDS,
  planNewFields,
  withNewFields,
} from './new-fields/new-fields.ts';
import type { ImportPlan } from './plan.ts';
import type { KnownTable } from './presets/preset-table.ts';
import { planMembers, planRecords } from './record-plan.ts';
import type { StoreFacts } from './store-facts.ts';
import { planSuppressions } from './suppression-plan.ts';

/** The fields to make for columns that find none, where that is wanted. */
async function newFieldsFor(
  kind: ImportKind,
  known: KnownTable,
  facts: StoreFacts,
  options: ImportOptions,
): Promise<NewFields> {
  const isOfRecords = kind === 'contacts' || kind === 'companies';
  if (options.createFields !== true || !isOfRecords) return NO_NEW_FIELDS;
  // formats of dates are checked once the columns have their fields
  const { columns } = await planFor(kind, known, facts, { ...options, dateFormat: undefined });
  const object = kind === 'contacts' ? 'contact' : 'company';
  return planNewFields(known, { object, columns }, facts, options);
}

/**
 * What is done with each column of the table, and the fields that are made for those that find none.
 * `UserError` where the columns or the options do not fit (65, 2).
 */
export async function planWithNewFields(
  kind: ImportKind,
  known: KnownTable,
  facts: StoreFacts,
  options: ImportOptions,
): Promise<{ readonly newFields: NewFields; readonly plan: ImportPlan }> {
  const newFields = await newFieldsFor(kind, known, facts, options);
  const plan = await planFor(kind, known, withNewFields(facts, newFields), options);
  return { newFields, plan };
}

async function planFor(
  kind: ImportKind,
  known: KnownTable,
  facts: StoreFacts,
  options: ImportOptions,
): Promise<ImportPlan> {
  const { header } = known.table;
  const dates = new DateColumns(facts.zone, givenFormats(header, options.dateFormat ?? []));
  const plan = await planOf(kind, known, facts, dates, options);
  dates.requireAllUsed(header);
  return plan;
}

async function planOf(
  kind: ImportKind,
  known: KnownTable,
  facts: StoreFacts,
  dates: DateColumns,
  options: ImportOptions,
): Promise<ImportPlan> {
  switch (kind) {
    case 'events':
      return planEvents(known.table, facts.fields, dates, options);
    case 'suppressions':
      return planSuppressions(known, facts, dates, options);
    case 'segment':
      return planMembers(known, facts, dates, options);
    case 'contacts':
      return planRecords(known, 'contact', facts, dates, options);
    case 'companies':
      return planRecords(known, 'company', facts, dates, options);
  }
}
