import type { SegmentReport, UpdateReport } from '../../segment/update/run.ts';
import { planInWords } from '../../segment/conversion-plan.ts';
import type { Due } from '../../segment/update/due.ts';
import { EXIT, type ExitCode } from '../../support/errors.ts';
import { formatInstant } from '../../support/instant.ts';
import { counted } from '../../support/text.ts';
import type { MessageResult } from '../output/result.ts';
import { rows } from '../output/result.ts';
import { wouldBe } from './dry-run.ts';
import { firingData, firingNote, firingWarning } from './firing.ts';
import { removed } from './removed.ts';

export interface Telling {
  readonly verbosity: number;
  /** Shows where the time went. */
  readonly timing?: boolean;
  /** Who would join and leave. */
  readonly names?: readonly string[];
  /** What filters name that no contact has. */
  readonly oddNames?: readonly string[];
}

/**
 * The run as `segments:update` and `--update` tell it: one summary line, one document, a table with
 * -v or for the timing.
 */
export function updateResult(report: UpdateReport, telling: Telling): MessageResult {
  const { verbosity, timing = false, names = [], oddNames = [] } = telling;
  return {
    kind: 'message',
    text: [report.runId === null ? wouldBe(summaryLine(report)) : summaryLine(report), ...names],
    data: updateData(report),
    ...(timing
      ? { details: timingTable(report.reports) }
      : verbosity > 0
        ? { details: segmentTable(report.reports) }
        : {}),
    warnings: [
      ...report.reports.flatMap(warningOf),
      ...report.triggers.flatMap(firingWarning),
      ...timeWarning(report.reports),
      ...report.notices,
      ...oddNames,
    ],
    notes: [
      ...dueLines(report.due),
      ...report.triggers.flatMap((firing) => firingNote(firing, report.runId === null)),
    ],
    isAnswer: report.runId === null,
    exit: updateExit(report),
  };
}

/** 3 where something could not be done, 4 where all was but for what a guard has held. */
function updateExit({ reports, triggers }: UpdateReport): ExitCode {
  if (triggers.some(({ error }) => error !== null)) return EXIT.partial;
  if (reports.some(({ status }) => status !== 'ok' && status !== 'held')) return EXIT.partial;
  return reports.some(({ status }) => status === 'held') ? EXIT.finding : EXIT.done;
}

function warningOf({ alias, status, reason, error }: SegmentReport): string[] {
  switch (status) {
    case 'failed':
      return [`segment ${alias} failed: ${error?.message ?? ''}`];
    case 'held':
      return [`segment ${alias} held, it keeps its members: ${reason ?? ''}`];
    case 'limited':
      return [`segment ${alias} limited: ${reason ?? ''}`];
    case 'ok':
    case 'not_reached':
      return [];
  }
}

function timeWarning(reports: readonly SegmentReport[]): string[] {
  const rest = count(reports, 'not_reached');
  return rest === 0
    ? []
    : [
        `time ran out: ${counted(rest, 'segment')} not reached; the next run with --max-time ` +
          'begins with what is oldest',
      ];
}

function count(reports: readonly SegmentReport[], wanted: SegmentReport['status']): number {
  return reports.filter(({ status }) => status === wanted).length;
}

/** What went otherwise than usual has its figure only where it happened. */
function summaryLine({
  segments,
  changed,
  joined,
  left,
  failed,
  reports,
  ms,
}: UpdateReport): string {
  const unusual = (['held', 'limited', 'not_reached'] as const)
    .map((status) => [status, count(reports, status)] as const)
    .filter(([, found]) => found > 0);
  return [
    `segments=${segments} changed=${changed} joined=${joined} left=${left} failed=${failed}`,
    ...unusual.map(([status, found]) => `${status}=${found}`),
    `ms=${ms}`,
  ].join(' ');
}

/** The `data` of `rollcall/segments.update/1`. */
function updateData(report: UpdateReport): Record<string, unknown> {
  const { changed, joined, left, failed, held, ms, due, notices } = report;
  return {
    run_id: report.runId,
    now: formatInstant(report.now),
    ...(report.runId === null ? { dry_run: true } : {}),
    segments: report.reports.map((one) => segmentData(one, report.runId === null)),
    changed,
    joined,
    left,
    failed,
    held,
    ms,
    pins_ended: due.ended.map(({ alias, pins }) => ({ alias, pins })),
    converted: due.converted.map(({ alias, plan, pinnedOut }) => ({
      alias,
      planned: planInWords(plan),
      planned_at: formatInstant(plan.plannedAt),
      pinned_out: pinnedOut,
    })),
    triggers: report.triggers.map(firingData),
    notices,
  };
}

function endedLine(
  { segmentId, alias, kind, pins }: Due['ended'][number],
  converted: Due['converted'],
): string {
  const ended = `${counted(pins, 'pin')} of ${alias} ended`;
  if (converted.some((one) => one.segmentId === segmentId))
    return `${ended}: its members stay as they are, since it is static from now on`;
  if (kind === 'dynamic') return `${ended}: its filter decides again`;
  return (
    `${counted(pins, 'removal')} from ${alias} ended: nobody is kept out by ` +
    `${pins === 1 ? 'it' : 'them'} any more`
  );
}

function dueLines({ ended, converted }: Due): string[] {
  return [
    ...ended.map((one) => endedLine(one, converted)),
    ...converted.map(({ alias, plan, pinnedOut }) => {
      const stay = pinnedOut === 0 ? '' : `; ${removed(pinnedOut)}`;
      return `segment ${alias} is static now, as planned: ${planInWords(plan)}${stay}`;
    }),
  ];
}

function segmentData(one: SegmentReport, isDry: boolean): Record<string, unknown> {
  const { alias, status, mode, reason, joined, left, members, ms, error, timing, named } = one;
  return {
    ...{ alias, status, mode, reason, joined, left, members, ms, error },
    ...(timing === undefined
      ? {}
      : { plan_ms: timing.planMs, evaluate_ms: timing.evaluateMs, write_ms: timing.writeMs }),
    ...(isDry ? { joining: named?.joining ?? [], leaving: named?.leaving ?? [] } : {}),
  };
}

/** The `data` where no run was made because another one is at work. */
export function skippedData(now: number): Record<string, unknown> {
  return {
    run_id: null,
    now: formatInstant(now),
    segments: [],
    changed: 0,
    joined: 0,
    left: 0,
    failed: 0,
    held: 0,
    ms: 0,
    triggers: [],
    notices: [],
  };
}

function segmentTable(reports: readonly SegmentReport[]) {
  return rows<SegmentReport>({
    rows: reports,
    columns: [
      { key: 'alias', of: (one) => one.alias },
      { key: 'status', fit: 'whole', importance: 'needed', of: (one) => one.status },
      { key: 'mode', fit: 'whole', importance: 'spare', of: (one) => one.mode },
      { key: 'joined', kind: 'count', importance: 'needed', of: (one) => one.joined },
      { key: 'left', kind: 'count', importance: 'needed', of: (one) => one.left },
      { key: 'members', kind: 'count', importance: 'needed', of: (one) => one.members },
      { key: 'ms', kind: 'count', of: (one) => one.ms },
      { key: 'reason', fit: 'wrap', of: (one) => one.reason },
    ],
    id: (one) => one.segmentId,
    empty: 'no dynamic segments to update',
  });
}

function timingTable(reports: readonly SegmentReport[]) {
  return rows<SegmentReport>({
    rows: reports,
    columns: [
      { key: 'alias', of: (one) => one.alias },
      { key: 'mode', fit: 'whole', importance: 'spare', of: (one) => one.mode },
      { key: 'plan_ms', kind: 'count', of: (one) => one.timing?.planMs ?? null },
      { key: 'evaluate_ms', kind: 'count', of: (one) => one.timing?.evaluateMs ?? null },
      { key: 'write_ms', kind: 'count', of: (one) => one.timing?.writeMs ?? null },
      { key: 'ms', kind: 'count', of: (one) => one.ms },
      { key: 'reason', fit: 'wrap', of: (one) => one.reason },
    ],
    id: (one) => one.segmentId,
    empty: 'no dynamic segments to update',
  });
}
