import type { ColumnMapping } from '../../csv/column-mapping.ts';
import type { CreatedField, ImportOptions, ImportReport } from '../../csv/import-options.ts';
import { fieldName } from '../../csv/field-name.ts';
import { reasonsInWords, type TalliedReason } from '../../csv/reason-tally.ts';
import { excerpt } from '../../contact/values.ts';
import { EXIT } from '../../support/errors.ts';
import { counted, grouped } from '../../support/text.ts';
import { type MessageResult, type RowsResult, rows } from '../output/result.ts';
import { wouldBe } from './dry-run.ts';
import { withTriggers } from './firing.ts';

/** What came of an import: 3 when rows were rejected; of a dry run also how columns were read. */
export function importResult(
  report: ImportReport,
  { dryRun: isDry = false, preset }: Pick<ImportOptions, 'dryRun' | 'preset'>,
): MessageResult {
  const { rejectsFile } = report;
  const told: MessageResult = {
    kind: 'message',
    text: [
      isDry ? wouldBe(figuresOf(report)) : figuresOf(report),
      ...linesOnFields(report, isDry),
      ...(rejectsFile === null
        ? []
        : [`rejected rows ${isDry ? 'would be' : 'are'} in ${rejectsFile}`]),
    ],
    data: {
      ...dataOf(report),
      dry_run: isDry,
    },
    warnings: [...report.notes, ...reasonsInWords(report.reasons, elsewhere(report, isDry))],
    notes: preset === undefined ? presetNotes(report) : [],
    exit: report.rejected > 0 ? EXIT.partial : EXIT.done,
    ...(isDry ? { details: mappingTable(report.columns) } : {}),
  };
  return withTriggers(told, report.triggers, isDry);
}

/** `made 2 fields: plan (text, for line 5: \`many\`), company.size (number)` */
function linesOnFields({ createdFields }: ImportReport, isDry: boolean): string[] {
  if (createdFields.length === 0) return [];
  const named = createdFields.map((field) => `${fieldName(field)} (${typeOf(field)})`);
  const count = counted(createdFields.length, 'field');
  return [`${isDry ? `would make ${count}` : `made ${count}`}: ${named.join(', ')}`];
}

function typeOf({ type, spoiler }: CreatedField): string {
  return spoiler === null
    ? type
    : `${type}, for line ${spoiler.line}: \`${excerpt(spoiler.text)}\``;
}

function fieldData({ spoiler, ...field }: CreatedField): Record<string, unknown> {
  return { ...field, line: spoiler?.line ?? null };
}

/** `2,000 rows: 1,990 inserted, 10 updated`; what is 0 is left out but for a file without news. */
function figuresOf(report: ImportReport): string {
  const { inserted, updated, unchanged, merged, rejected } = report;
  const parts = Object.entries({ inserted, updated, unchanged, merged, rejected })
    .filter(([, count]) => count > 0)
    .map(([word, count]) => `${grouped(count)} ${word}`);
  const joined =
    report.segmentAdded === 0 ? '' : `; ${counted(report.segmentAdded, 'membership')} began`;
  const held = report.heldOut === 0 ? '' : `; ${grouped(report.heldOut)} held out`;
  const left = report.left === 0 ? '' : `; ${counted(report.left, 'membership')} ended`;
  const companies =
    report.companiesUpdated === 0
      ? ''
      : `; ${counted(report.companiesUpdated, 'company', 'companies')} updated`;
  const erased = report.leftOut === 0 ? '' : `; ${grouped(report.leftOut)} left out as erased`;
  const what = parts.length === 0 ? '' : `: ${parts.join(', ')}`;
  const kept =
    report.consentKept === 0
      ? ''
      : `; the consent of ${counted(report.consentKept, 'rejected row')} holds all the same`;
  return `${counted(report.rows, 'row')}${what}${companies}${joined}${left}${held}${erased}${kept}`;
}

function dataOf({
  importId,
  rows: count,
  inserted,
  updated,
  unchanged,
  merged,
  rejected,
  rejectsFile,
  segmentAdded,
  heldOut,
  left,
  leftOut,
  cleaned,
  companiesUpdated,
  consentKept,
  strayQuotes,
  preset,
  reasons,
  columns,
  createdFields,
  ms,
}: ImportReport): Record<string, unknown> {
  return {
    import_id: importId,
    rows: count,
    inserted,
    updated,
    unchanged,
    merged,
    rejected,
    held_out: heldOut,
    left_out: leftOut,
    left,
    cleaned,
    companies_updated: companiesUpdated,
    consent_kept: consentKept,
    rejects_file: rejectsFile,
    segment_added: segmentAdded,
    stray_quotes: strayQuotes,
    preset: preset?.name ?? null,
    reasons: reasons.map(reasonData),
    columns: columns.map(columnData),
    fields_created: createdFields.map(fieldData),
    ms,
  };
}

function reasonData({ column, reason, rows: count, line }: TalliedReason): Record<string, unknown> {
  return { column, reason, rows: count, line };
}

function columnData({ column, field, how }: ColumnMapping): Record<string, unknown> {
  return { column, field, how };
}

/** Where the reasons stand that are not told. */
function elsewhere({ rejectsFile }: ImportReport, isDry: boolean): string {
  if (rejectsFile === null) return ' (--rejects FILE lists all)';
  return isDry ? ' (without --dry-run, the file lists all)' : `, all in ${rejectsFile}`;
}

function presetNotes({ preset }: ImportReport): string[] {
  return preset === null
    ? []
    : [`read as a file of ${preset.title} (--preset none reads it without that)`];
}

function mappingTable(columns: readonly ColumnMapping[]): RowsResult {
  return rows({
    rows: columns,
    columns: [
      { key: 'column', fit: 'key', of: ({ column }) => column },
      { key: 'field', fit: 'key', of: ({ field }) => field },
      { key: 'how', fit: 'wrap', of: ({ how }) => how },
    ],
    id: ({ position }) => position,
    empty: 'no columns',
  });
}
