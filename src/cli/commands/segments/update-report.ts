import type { SegmentReport, UpdateReport } from '../../../segment/update/run.ts';
import { planInWords } from '../../../segment/conversion-plan.ts';
import type { Due } from '../../../segment/update/due.ts';
import { EXIT, type ExitCode } from '../../../support/errors.ts';
import { formatInstant } from '../../../support/clock.ts';
import { counted } from '../../../support/text.ts';
import type { MessageResult } from '../../output/result.ts';
import { rows } from '../../output/result.ts';

/** The run as `segments:update` and `--update` tell it: one summary line, one document, a table with -v. */
export function updateResult(report: UpdateReport, verbosity: number): MessageResult {
  const failures = report.reports.filter((one) => one.error !== null).map((one) => `segment ${one.alias} failed: ${one.error?.message ?? ''}`);
  return {
    kind: 'message',
    text: summaryLine(report),
    data: updateData(report),
    ...(verbosity > 0 ? { details: segmentTable(report.reports) } : {}),
    warnings: [...failures, ...report.notices],
    notes: dueLines(report.due),
    exit: updateExit(report),
  };
}

export function updateExit(report: UpdateReport): ExitCode {
  return report.failed > 0 ? EXIT.partial : EXIT.done;
}

function summaryLine({ segments, changed, joined, left, failed, ms }: UpdateReport): string {
  return `segments=${segments} changed=${changed} joined=${joined} left=${left} failed=${failed} ms=${ms}`;
}

/** The `data` of `rollcall/segments.update/1`. */
export function updateData(report: UpdateReport): Record<string, unknown> {
  const { changed, joined, left, failed, held, ms, due, notices } = report;
  return {
    run_id: report.runId,
    now: formatInstant(report.now),
    segments: report.reports.map(segmentData),
    changed,
    joined,
    left,
    failed,
    held,
    ms,
    pins_ended: due.ended.map(({ alias, pins }) => ({ alias, pins })),
    converted: due.converted.map(({ alias, plan }) => ({ alias, planned: planInWords(plan), planned_at: formatInstant(plan.plannedAt) })),
    notices,
  };
}

function dueLines({ ended, converted }: Due): string[] {
  return [
    ...ended.map(({ alias, pins }) => `${counted(pins, 'pin')} of ${alias} ended: its filter decides again`),
    ...converted.map(({ alias, plan }) => `segment ${alias} is static now, as planned: ${planInWords(plan)}`),
  ];
}

function segmentData(one: SegmentReport): Record<string, unknown> {
  const { alias, status, mode, reason, joined, left, members, ms, error } = one;
  return { alias, status, mode, reason, joined, left, members, ms, error };
}

function segmentTable(reports: readonly SegmentReport[]) {
  return rows<SegmentReport>({
    rows: reports,
    columns: [
      { key: 'alias', of: (one) => one.alias },
      { key: 'status', of: (one) => one.status },
      { key: 'mode', of: (one) => one.mode },
      { key: 'joined', kind: 'count', of: (one) => one.joined },
      { key: 'left', kind: 'count', of: (one) => one.left },
      { key: 'members', kind: 'count', of: (one) => one.members },
      { key: 'ms', kind: 'count', of: (one) => one.ms },
      { key: 'reason', of: (one) => one.reason },
    ],
    id: (one) => one.segmentId,
    empty: 'no dynamic segments to update',
  });
}
