import type { Examination } from '../../segment/doctor/examine.ts';
import type { Finding, Severity } from '../../store/index.ts';
import { EXIT } from '../../support/errors.ts';
import { counted } from '../../support/text.ts';
import type { Naming } from '../output/command-lines.ts';
import type { MessageResult } from '../output/result.ts';

/**
 * What was found, the checks that passed with -v, and a summary; with --quiet only what is a fault.
 */
export function doctorResult(
  examinations: readonly Examination[],
  {
    verbosity,
    quiet,
    naming,
  }: { readonly verbosity: number; readonly quiet: boolean; readonly naming: Naming },
): MessageResult {
  const isFault = examinations.some(
    ({ severity }) => severity === 'warning' || severity === 'error',
  );
  const shown = (severity: Examination['severity']): boolean =>
    severity === 'ok' ? verbosity > 0 : severity !== 'note' || !quiet;
  return {
    kind: 'message',
    isAnswer: isFault,
    text: [...linesOf(examinations, shown), ...(quiet ? [] : [summaryOf(examinations)])],
    data: { clean: !isFault, checks: examinations.map((each) => toData(each, naming)) },
    exit: isFault ? EXIT.finding : EXIT.done,
  };
}

function linesOf(
  examinations: readonly Examination[],
  shown: (severity: Examination['severity']) => boolean,
): string[] {
  const width = Math.max(...examinations.map(({ id }) => id.length));
  const line = (severity: string, id: string, text: string): string =>
    `${severity.padEnd('warning'.length)}  ${id.padEnd(width)}  ${text}`;
  return examinations.flatMap(({ id, title, findings }) => {
    if (findings.length === 0) return shown('ok') ? [line('ok', id, title)] : [];
    return findings
      .filter(({ severity }) => shown(severity))
      .flatMap((each) => [line(each.severity, id, each.message), ...underneath(each)]);
  });
}

function underneath({ examples, hint }: Finding): string[] {
  const rows = examples.map((example) =>
    Object.entries(example)
      .map(([column, value]) =>
        column === 'message' ? String(value) : `${column}=${String(value)}`,
      )
      .join(' '),
  );
  return [
    ...rows.map((row) => `         ${row}`),
    ...(hint === undefined ? [] : [`         hint: ${hint}`]),
  ];
}

function summaryOf(examinations: readonly Examination[]): string {
  const findings = examinations.flatMap((each) => each.findings);
  const count = (severity: Severity): number =>
    findings.filter((each) => each.severity === severity).length;
  const found = (['error', 'warning', 'note'] as const)
    .filter((severity) => count(severity) > 0)
    .map((severity) => counted(count(severity), severity));
  return (
    `${counted(examinations.length, 'check')}: ` +
    (found.length === 0 ? 'all well' : found.join(', '))
  );
}

function toData(
  { id, title, severity, findings, ms }: Examination,
  naming: Naming,
): Record<string, unknown> {
  return {
    id,
    title,
    severity,
    count: findings.reduce((total, each) => total + each.count, 0),
    ms,
    findings: findings.map(({ severity: of, message, count, examples, hint }) => ({
      severity: of,
      message,
      count,
      examples,
      hint: hint === undefined ? null : naming(hint),
    })),
  };
}
