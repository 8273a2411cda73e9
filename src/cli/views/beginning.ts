import type { Beginning, CauseRow, MemberRow, PinBeside } from '../../store/index.ts';
import type { Column } from '../output/result.ts';

/** `since 2026-03-01 12:00 via manual` */
export function sinceText(
  { since, via }: Pick<Beginning, 'since' | 'via'>,
  instant: (at: number) => string,
): string {
  return since === null ? 'since when nobody knows' : `since ${instant(since)} via ${via ?? ''}`;
}

/** `since 2026-03-01 12:00 via manual by ada: asked`; what is not known is left out. */
export function beginningText(beginning: Beginning, instant: (at: number) => string): string {
  return `${sinceText(beginning, instant)}${decisionText(beginning.joined)}`;
}

/** ` (fair.csv) by ada: asked` */
function decisionText(cause: CauseRow | null): string {
  const { name = null, by = null, reason = null } = cause ?? {};
  const parts = [
    name === null ? '' : ` (${name})`,
    by === null ? '' : ` by ${by}`,
    reason === null ? '' : `: ${reason}`,
  ];
  return parts.join('');
}

/** What a cause says, for programs. */
export function causeData(cause: CauseRow): Record<string, unknown> {
  const { id, name, by, reason, runId, importId, version } = cause;
  return { id, name, by, reason, run_id: runId, import_id: importId, version };
}

type Reading = Beginning & PinBeside;

/**
 * How a membership began, and the pin beside it: authors, reasons and what the cause is called (the
 * file of an import, a trigger) stand in the table only where more is asked for (`-v`), what else there is goes
 * to programs.
 */
export function beginningColumns(verbosity: number): Column<Reading>[] {
  const inTable = verbosity > 0;
  return [
    { key: 'since', kind: 'instant', importance: 'needed', of: ({ since }) => since },
    { key: 'via', fit: 'wrap', of: ({ via }) => via },
    { key: 'cause_name', inTable, of: ({ joined }) => joined?.name ?? null },
    { key: 'by', inTable, of: ({ joined }) => joined?.by ?? null },
    { key: 'reason', inTable, fit: 'wrap', of: ({ joined }) => joined?.reason ?? null },
    { key: 'pin', fit: 'whole', importance: 'needed', of: ({ pin }) => pin },
    { key: 'pin_via', inTable, of: ({ pinVia }) => pinVia },
    { key: 'pin_name', inTable, of: ({ pinName }) => pinName },
    { key: 'pin_by', inTable, of: ({ pinBy }) => pinBy },
    { key: 'pin_reason', inTable, fit: 'wrap', of: ({ pinReason }) => pinReason },
    { key: 'pin_until', kind: 'instant', of: ({ pinUntil }) => pinUntil },
    {
      key: 'cause',
      kind: 'number',
      inTable,
      importance: 'spare',
      of: ({ joined }) => joined?.id ?? null,
    },
    ...ORIGINS,
  ];
}

const ORIGINS: readonly Column<Reading>[] = [
  { key: 'run_id', kind: 'number', inTable: false, of: ({ joined }) => joined?.runId ?? null },
  {
    key: 'import_id',
    kind: 'number',
    inTable: false,
    of: ({ joined }) => joined?.importId ?? null,
  },
  { key: 'version', kind: 'number', inTable: false, of: ({ joined }) => joined?.version ?? null },
];

/** How it ended; null of one that stands. When it ended stays where by whom and why do. */
export function endColumns(verbosity: number): Column<Pick<MemberRow, 'leftAt' | 'left'>>[] {
  const inTable = verbosity > 0;
  return [
    { key: 'left_at', kind: 'instant', fit: 'key', of: ({ leftAt }) => leftAt },
    { key: 'left_via', fit: 'wrap', of: ({ left }) => left?.via ?? null },
    { key: 'left_name', inTable, of: ({ left }) => left?.name ?? null },
    { key: 'left_by', inTable, of: ({ left }) => left?.by ?? null },
    { key: 'left_reason', inTable, fit: 'wrap', of: ({ left }) => left?.reason ?? null },
    { key: 'left_cause', kind: 'number', inTable: false, of: ({ left }) => left?.id ?? null },
    { key: 'left_run_id', kind: 'number', inTable: false, of: ({ left }) => left?.runId ?? null },
    {
      key: 'left_version',
      kind: 'number',
      inTable: false,
      of: ({ left }) => left?.version ?? null,
    },
  ];
}
