import type { Counter, Verified, VerifyReport } from '../../segment/update/verify.ts';
import type { ReadTx } from '../../store/index.ts';
import { formatInstant } from '../../support/instant.ts';
import { EXIT, type ExitCode } from '../../support/errors.ts';
import type { IdList } from '../../support/id-list.ts';
import { counted, grouped } from '../../support/text.ts';
import { type MessageResult, type RowsResult, rows } from '../output/result.ts';
import { withTriggers } from './firing.ts';

/** People see so many contacts of each kind and segment; programs get all. */
const MOST_SHOWN = 20;

/** What `segments:verify` tells: one line, a table of findings, all of them in JSON. */
export async function verifyResult(tx: ReadTx, report: VerifyReport): Promise<MessageResult> {
  const failed = report.segments.filter(({ error }) => error !== null);
  const findings = report.segments.reduce((sum, segment) => sum + findingsOf(segment), 0);
  const told: MessageResult = {
    kind: 'message',
    text: summary(report, findings),
    isAnswer: findings > 0,
    data: dataOf(report, findings, failed.length),
    ...(findings > 0 ? { details: findingsTable(await shownFindings(tx, report.segments)) } : {}),
    warnings: failed.map(
      ({ alias, error }) => `segment ${alias} could not be verified: ${error?.message ?? ''}`,
    ),
    exit: exitOf(findings, failed.length),
  };
  return withTriggers(told, report.triggers);
}

function findingsOf({ missing, extra, counters, causes }: Verified): number {
  return missing.length + extra.length + counters.length + causes;
}

function exitOf(findings: number, failed: number): ExitCode {
  if (failed > 0) return EXIT.partial;
  return findings > 0 ? EXIT.finding : EXIT.done;
}

function summary({ segments, runId }: VerifyReport, findings: number): string {
  const head = `${counted(segments.filter(({ error }) => error === null).length, 'segment')} verified`;
  if (findings === 0) return `${head}: nothing found`;
  const affected = segments.filter((segment) => findingsOf(segment) > 0).length;
  return (
    `${head}: ${counted(findings, 'finding')} in ` +
    `${counted(affected, 'segment')}${runId === null ? '; --repair puts them right' : ', put right'}`
  );
}

function dataOf(
  { runId, now, segments, ms }: VerifyReport,
  findings: number,
  failed: number,
): Record<string, unknown> {
  return {
    run_id: runId,
    now: formatInstant(now),
    repaired: runId !== null,
    segments: segments.map(segmentData),
    findings,
    failed,
    ms,
  };
}

function segmentData({
  alias,
  missing,
  extra,
  counters,
  causes,
  error,
}: Verified): Record<string, unknown> {
  const counterData = (name: Counter['name']): unknown =>
    counters
      .filter((counter) => counter.name === name)
      .map(({ stored, counted: right }) => ({ stored, counted: right }))[0] ?? null;
  const [members, anonymous] = [counterData('members'), counterData('anonymous')];
  return {
    alias,
    status: error === null ? 'ok' : 'failed',
    missing,
    extra,
    members,
    anonymous,
    causes,
    error,
  };
}

interface Finding {
  readonly alias: string;
  readonly finding: string;
  readonly contactId: number | null;
  readonly email: string | null;
}

async function shownFindings(tx: ReadTx, segments: readonly Verified[]): Promise<Finding[]> {
  const shown: Finding[] = [];
  for (const segment of segments) {
    const { alias, missing, extra, counters, causes } = segment;
    shown.push(...(await ofContacts(tx, alias, 'should be a member', missing)));
    shown.push(...(await ofContacts(tx, alias, 'should not be a member', extra)));
    shown.push(
      ...counters.map(({ name, stored, counted: right }) => ({
        alias,
        finding:
          `says ${counted(stored, name === 'members' ? 'member' : 'anonymous member')} where ` +
          `${right} ${right === 1 ? 'is' : 'are'} stored`,
        contactId: null,
        email: null,
      })),
      ...ofCauses(alias, causes),
    );
  }
  return shown;
}

function ofCauses(alias: string, causes: number): Finding[] {
  if (causes === 0) return [];
  const finding = `${counted(causes, 'cause')} did not count what points there`;
  return [{ alias, finding, contactId: null, email: null }];
}

async function ofContacts(
  tx: ReadTx,
  alias: string,
  finding: string,
  ids: IdList,
): Promise<Finding[]> {
  const first: number[] = [];
  for (const id of ids) if (first.push(id) === MOST_SHOWN) break;
  const found = new Map(
    (await tx.contacts.list({ ids: first }, ['email'])).map((row) => [row.id, row['email']]),
  );
  const named = first.map((id): Finding => ({
    alias,
    finding: found.has(id) ? finding : `${finding}: the contact is deleted`,
    contactId: id,
    email: (found.get(id) as string | null | undefined) ?? null,
  }));
  const rest = ids.length - first.length;
  return rest === 0
    ? named
    : [
        ...named,
        {
          alias,
          finding: `${finding}: ${grouped(rest)} more, all with --json`,
          contactId: null,
          email: null,
        },
      ];
}

function findingsTable(findings: readonly Finding[]): RowsResult {
  return rows<Finding>({
    rows: findings,
    columns: [
      { key: 'alias', of: (one) => one.alias },
      { key: 'contact_id', kind: 'number', of: (one) => one.contactId },
      { key: 'email', of: (one) => one.email },
      { key: 'finding', fit: 'wrap', of: (one) => one.finding },
    ],
    id: (one) => one.alias,
    empty: '',
  });
}
