import type { UndoReport } from '../../csv/undo.ts';
import { counted, grouped } from '../../support/text.ts';
import type { Triggered } from '../../segment/triggers/data-change.ts';
import type { MessageResult } from '../output/result.ts';
import { wouldBe } from './dry-run.ts';
import { withTriggers } from './firing.ts';

interface Course {
  readonly isDry: boolean;
  /** The segments are updated at once. */
  readonly isUpdated: boolean;
}

/** What came of taking an import back. */
export function undoResult(
  report: UndoReport & Triggered,
  { isDry, isUpdated }: Course,
): MessageResult {
  const { importId, file, left, rejoined, unpinned, inDeleted, removals, tags } = report;
  const { contacts, companies, events, kept, overwritten, fieldsKept } = report;
  const figures = `import ${importId} of ${file}: ${figuresOf(report)}`;
  const told: MessageResult = {
    kind: 'message',
    text: isDry ? wouldBe(figures) : figures,
    data: {
      import_id: importId,
      file,
      left,
      rejoined,
      unpinned,
      in_deleted_segments: inDeleted,
      removals,
      tags,
      contacts,
      companies,
      events,
      kept,
      overwritten,
      fields_kept: fieldsKept,
      dry_run: isDry,
    },
    warnings: [...warningsOf(report), ...(isUpdated ? [] : untilUpdated(report))],
  };
  return withTriggers(told, report.triggers, isDry);
}

function figuresOf(report: UndoReport): string {
  const { left, rejoined, unpinned, inDeleted, removals, tags } = report;
  const { contacts, companies, events } = report;
  const deleted = [
    ...listed(contacts, 'contact'),
    ...listed(companies, 'company', 'companies'),
    ...listed(events, 'event'),
  ];
  const parts = [
    ...(deleted.length === 0 ? [] : [`${deleted.join(', ')} deleted`]),
    ...told(left, left === 1 ? 'membership ended' : 'memberships ended'),
    ...told(rejoined, 'back in'),
    ...told(unpinned, 'unpinned'),
    ...told(removals, removals === 1 ? 'removal in force again' : 'removals in force again'),
    ...told(inDeleted, 'taken back in deleted segments'),
    ...told(tags, tags === 1 ? 'tag reverted' : 'tags reverted'),
  ];
  return parts.length === 0 ? 'nothing of it was left to take back' : parts.join('; ');
}

function listed(count: number, noun: string, plural?: string): string[] {
  return count === 0 ? [] : [counted(count, noun, plural)];
}

function told(count: number, word: string): string[] {
  return count === 0 ? [] : [`${grouped(count)} ${word}`];
}

function untilUpdated({ unpinned }: UndoReport): string[] {
  return unpinned === 0
    ? []
    : ['who is no longer pinned stays until the next update: rollcall segments:update'];
}

function warningsOf({ kept, overwritten, fieldsKept }: UndoReport): string[] {
  return [
    ...(fieldsKept.length === 0
      ? []
      : [
          `the fields that it made stay: ${fieldsKept.join(', ')} ` +
            '(`rollcall fields:delete FIELD` deletes one)',
        ]),
    ...(kept === 0
      ? []
      : [
          kept === 1
            ? '1 record that it made stays: something else refers to it or changed it since, or it ' +
              'must not be reached'
            : `${grouped(kept)} records that it made stay: something else refers to them or changed ` +
              'them since, or they must not be reached',
        ]),
    ...(overwritten === 0
      ? []
      : [
          `the values that it overwrote in ${counted(overwritten, 'record')} are gone ` +
            '(a backup may have them)',
        ]),
  ];
}
