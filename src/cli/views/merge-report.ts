import { formatValue } from '../../contact/values.ts';
import { plainValue } from '../../contact/plain-values.ts';
import type { MergedField, MergeReport } from '../../segment/merge.ts';
import type { Triggered } from '../../segment/triggers/data-change.ts';
import { counted } from '../../support/text.ts';
import type { WriteInstant } from '../../support/local-instant.ts';
import { toVisibleText } from '../output/cells.ts';
import { type MessageResult, rows } from '../output/result.ts';
import { withTriggers } from './firing.ts';
import { cellKind, plainData } from './record-columns.ts';

interface MergeTold {
  readonly isDry: boolean;
  /** An update comes after it. */
  readonly follows: boolean;
  readonly instant: WriteInstant;
}

/** What came of making contacts one. */
export function mergeResult(
  report: MergeReport & Triggered,
  { isDry, follows, instant }: MergeTold,
): MessageResult {
  const { winner, email, losers, events, tags, suppressions, joined, left, pinned } = report;
  const told: MessageResult = {
    kind: 'message',
    text: [
      (isDry ? 'dry run, nothing was changed: ' : '') +
        `merged ${counted(losers.length, 'contact')} (${losers.join(', ')}) into contact ` +
        `${winner}${email === null ? '' : `, ${email}`}`,
      ...figuresOf(report),
    ],
    data: {
      ...{ winner, email, losers, fields: report.fields.map(fieldData) },
      ...{ events, tags, suppressions, joined, left, pinned, dry_run: isDry },
    },
    details: fieldTable(report, instant),
    notes: follows ? [] : ['dynamic segments decide about the contact at the next update'],
  };
  return withTriggers(told, report.triggers, isDry);
}

function figuresOf({ events, tags, suppressions, joined, left, pinned }: MergeReport): string[] {
  const gained = [
    ...(events === 0 ? [] : [counted(events, 'event')]),
    ...(tags === 0 ? [] : [counted(tags, 'tag')]),
    ...(suppressions === 0 ? [] : [counted(suppressions, 'suppression')]),
  ];
  const named = (what: string, aliases: readonly string[]): string[] =>
    aliases.length === 0 ? [] : [`${what} ${aliases.join(', ')}`];
  return [
    ...(gained.length === 0 ? [] : [`it gained ${gained.join(', ')}`]),
    ...named('it joined', joined),
    ...named('it left', left),
    ...named('it took over decisions on', pinned),
  ];
}

function fieldData({ field, value, from, lost }: MergedField): Record<string, unknown> {
  const told = (stored: typeof value): unknown =>
    plainData(field.type, plainValue(field.type, stored));
  return {
    ...{ field: field.alias, value: told(value), from },
    lost: lost.map((other) => ({ contact_id: other.contactId, value: told(other.value) })),
  };
}

/** Fields that were filled or of which values are lost; the others are as they were. */
function fieldTable({ fields, winner }: MergeReport, instant: WriteInstant) {
  const told = (field: MergedField['field'], value: MergedField['value']): string =>
    toVisibleText(plainValue(field.type, value), { kind: cellKind(field.type) }, instant);
  return rows({
    rows: fields.filter(({ from, lost }) => from !== winner || lost.length > 0),
    columns: [
      { key: 'field', fit: 'key', of: ({ field }: MergedField) => field.alias },
      { key: 'value', of: ({ field, value }) => told(field, value) },
      { key: 'from', kind: 'number', of: ({ from }) => from },
      {
        key: 'lost',
        of: ({ field, lost }) =>
          lost.map(({ contactId, value }) => `${told(field, value)} (${contactId})`).join(', '),
      },
    ],
    id: ({ field }) => field.alias,
    empty: 'no field was filled, and no value is lost',
  });
}

/** The question before it is done: which values would be lost. */
export function mergeQuestion({ winner, email, losers, fields }: MergeReport): string {
  const lost = fields
    .filter((field) => field.lost.length > 0)
    .map(
      ({ field, lost: others }) =>
        `${field.alias} ${others.map(({ value }) => formatValue(field.type, value)).join(', ')}`,
    );
  const what = `merge ${counted(losers.length, 'contact')} (${losers.join(', ')}) into contact `;
  const gone = lost.length === 0 ? '' : ` Lost would be: ${lost.join('; ')}.`;
  return `${what}${winner}${email === null ? '' : `, ${email}`}, and delete them?${gone}`;
}
