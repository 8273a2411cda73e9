import { formatValue } from '../../contact/values.ts';
import { plainValue } from '../../contact/plain-values.ts';
import type { MergedField, MergeReport } from '../../segment/merge.ts';
import type { Triggered } from '../../segment/triggers/data-change.ts';
import { counted } from '../../support/text.ts';
import type { WriteInstant } from '../../support/local-instant.ts';
import { toVisibleText } from '../output/cells.ts';
import { type MessageResult, rows } from '../output/result.ts';
import { withTriggers } from './firing.ts';
import type { Question } from './in-short.ts';
import { cellKind, plainData } from './record-columns.ts';

interface MergeTold {
  readonly isDry: boolean;
  /** An update comes after it. */
  readonly follows: boolean;
  readonly instant: WriteInstant;
}

/** What came of making contacts one, or would come of it. */
export function mergeResult(
  report: MergeReport & Triggered,
  { isDry, follows, instant }: MergeTold,
): MessageResult {
  const { winner, email, losers, events, tags, suppressions, joined, left, pinned } = report;
  const words = isDry ? WOULD : DID;
  const told: MessageResult = {
    kind: 'message',
    text: [
      `${words.merge} ${losersOf(report)} into ${winnerOf(report)}`,
      ...figuresOf(report, words),
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

const DID = {
  merge: 'merged',
  gain: 'it gained',
  join: 'it joined',
  leave: 'it left',
  takeOver: 'it took over decisions on',
};
const WOULD: typeof DID = {
  merge: 'dry run, nothing was changed: would merge',
  gain: 'it would gain',
  join: 'it would join',
  leave: 'it would leave',
  takeOver: 'it would take over decisions on',
};

/** `2 contacts (57, ann@work.example; 803)` */
function losersOf({ losers, fields }: MergeReport): string {
  const emails = fields.find(({ field }) => field.alias === 'email');
  const own = emails === undefined ? [] : [{ contactId: emails.from, value: emails.value }];
  const emailOf = new Map(
    [...own, ...(emails?.lost ?? [])].map(({ contactId, value }) => [contactId, value]),
  );
  const names = losers.map((id) => [id, emailOf.get(id) ?? []].flat().join(', '));
  return `${counted(losers.length, 'contact')} (${names.join('; ')})`;
}

function winnerOf({ winner, email }: MergeReport): string {
  return `contact ${winner}${email === null ? '' : `, ${email}`}`;
}

function figuresOf(
  { events, tags, suppressions, joined, left, pinned }: MergeReport,
  words: typeof DID,
): string[] {
  const gained = [
    ...(events === 0 ? [] : [counted(events, 'event')]),
    ...(tags === 0 ? [] : [counted(tags, 'tag')]),
    ...(suppressions === 0 ? [] : [counted(suppressions, 'suppression')]),
  ];
  const named = (what: string, names: readonly string[]): string[] =>
    names.length === 0 ? [] : [`${what} ${names.join(', ')}`];
  return [
    ...named(words.gain, gained),
    ...named(words.join, joined),
    ...named(words.leave, left),
    ...named(words.takeOver, pinned),
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
  const text = (field: MergedField['field'], value: MergedField['value']): string =>
    toVisibleText(plainValue(field.type, value), { kind: cellKind(field.type) }, instant);
  const told = fields.filter(({ from, lost }) => from !== winner || lost.length > 0);
  const others = fields.length - told.length;
  return rows({
    rows: told,
    columns: [
      { key: 'field', fit: 'key', of: ({ field }: MergedField) => field.alias },
      { key: 'value', fit: 'wrap', of: ({ field, value }) => text(field, value) },
      { key: 'from', kind: 'number', of: ({ from }) => from },
      {
        key: 'lost',
        fit: 'wrap',
        of: ({ field, lost }) =>
          lost.map(({ contactId, value }) => `${text(field, value)} (${contactId})`).join(', '),
      },
    ],
    id: ({ field }) => field.alias,
    footer: () => unchanged(others),
    empty: `no field is filled, and no value is lost: ${unchanged(others)}`,
  });
}

function unchanged(count: number): string {
  return count === 1 ? '1 other field stays as it is' : `${count} other fields stay as they are`;
}

/** The question before it is done, and which values would be lost. */
export function mergeQuestion(report: MergeReport): Question {
  const { fields, losers } = report;
  const about = fields
    .filter((field) => field.lost.length > 0)
    .map(
      ({ field, lost: others }) =>
        `would be lost: ${field.alias} ` +
        others.map(({ value }) => formatValue(field.type, value)).join(', '),
    );
  const them = losers.length === 1 ? 'it' : 'them';
  return {
    question: `merge ${losersOf(report)} into ${winnerOf(report)}, and delete ${them}?`,
    about,
  };
}
