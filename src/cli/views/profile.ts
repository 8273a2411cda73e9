import type { IndexAdvice, Profile, ProfiledCondition } from '../../segment/profile.ts';
import type { LeafTogether } from '../../segment/profile-together.ts';
import type { Access } from '../../store/index.ts';
import { formatInstant } from '../../support/instant.ts';
import { counted, grouped } from '../../support/text.ts';
import type { Naming } from '../output/command-lines.ts';
import { type MessageResult, rows, type RowsResult } from '../output/result.ts';

/** The table of conditions, and lines about the whole; with -v the statement and its plan. */
export function profileResult(
  profile: Profile,
  { verbosity, naming }: { readonly verbosity: number; readonly naming: Naming },
): MessageResult {
  const command = ({ field }: IndexAdvice): string =>
    naming(`rollcall fields:edit ${field} --index`);
  return {
    kind: 'message',
    isAnswer: true,
    isVerbatim: verbosity > 0, // the statement is to be copied
    text: [
      ...aboutBuild(profile),
      ...aboutTogether(profile),
      ...aboutNext(profile),
      ...aboutRuns(profile),
      ...profile.advice.map(
        (advice) =>
          `advice: with an index on ${advice.field} (row ${advice.row}) lists and exports by ` +
          `this filter would take ${inMs(advice.withIndexMs)} instead of ${inMs(advice.ms)}: ` +
          command(advice),
      ),
      ...(verbosity > 0 ? statementLines(profile) : []),
      '',
    ],
    data: toData(profile, command),
    details: conditionTable(profile),
  };
}

function aboutBuild({
  segment,
  filter,
  contacts,
  whole,
  listing,
  reads,
  segments,
}: Profile): string[] {
  const state = segment.kind === 'static' ? 'sleeping filter' : 'filter';
  const share = contacts === 0 ? 0 : (whole.matching / contacts) * 100;
  const others = segments.length === 0 ? '' : `; segments ${segments.join(', ')}`;
  return [
    `${state}: ${filter}`,
    `full build: ${grouped(whole.matching)} of ${counted(contacts, 'contact')} ` +
      `(${share.toFixed(1)} %) in ${inMs(whole.ms)}; ${accessText(whole.access)}`,
    `lists and exports: ${inMs(listing.ms)}; ${accessText(listing.access)}`,
    `reads: ${reads.length === 0 ? 'nothing' : reads.join(', ')}${others}`,
  ];
}

/** `columns 2.1 ms`, or why not. */
function aboutTogether({ together }: Profile): string[] {
  if (together === undefined) return [];
  const { segments, ms, leaves, problem } = together;
  if (problem !== null) return [`in a build of all: each by SQL, because ${problem}`];
  return [
    `in a build of all: ${counted(segments, 'segment')} evaluated together in ${inMs(ms)}`,
    ...leaves.map(
      (leaf) =>
        `  ${wayOf(leaf)}${leaf.segments > 1 ? `, shared by ${leaf.segments} segments` : ''}: ` +
        leaf.condition,
    ),
  ];
}

const BECAUSE: Readonly<Record<NonNullable<LeafTogether['because']>, string>> = {
  joined: 'times of joining stand in no column',
  order: 'a sum hangs on the order of the events',
  failed: 'it could not be decided by columns',
  alone: 'no other condition reads the same',
};

function wayOf({ because, ms }: LeafTogether): string {
  return because === null ? `by columns ${inMs(ms ?? 0)}` : `by SQL (${BECAUSE[because]})`;
}

function aboutNext({ segment, next }: Profile): string[] {
  if (next !== null) return [`next update: ${next.mode}, ${next.reason}`];
  return [
    `next update: none, the segment is ${segment.kind === 'static' ? 'static' : 'unpublished'}`,
  ];
}

function aboutRuns({ lastRuns }: Profile): string[] {
  if (lastRuns.length === 0) return ['last runs: none'];
  return [
    'last runs: ' +
      lastRuns
        .map(({ runId, mode, status, ms }) => `run ${runId} ${mode ?? status}, ${grouped(ms)} ms`)
        .join('; '),
  ];
}

function statementLines({ whole }: Profile): string[] {
  return [
    'statement:',
    ...whole.statement
      .trim()
      .split('\n')
      .map((line) => `  ${line.trim()}`),
    'plan:',
    ...whole.plan.map((step) => `  ${step}`),
  ];
}

function conditionTable({ conditions }: Profile): RowsResult {
  return rows<ProfiledCondition>({
    rows: conditions.flatMap(flattened),
    columns: [
      { key: 'row', fit: 'key', of: ({ row }) => row },
      { key: 'matching', kind: 'count', importance: 'needed', of: ({ matching }) => matching },
      {
        key: 'share',
        header: '%',
        fit: 'whole',
        importance: 'needed',
        of: ({ share }) => (share * 100).toFixed(1).padStart('100.0'.length),
      },
      {
        key: 'ms',
        fit: 'whole',
        importance: 'needed',
        of: ({ ms }) => ms.toFixed(1).padStart('1000.0'.length),
      },
      { key: 'by', fit: 'wrap', of: ({ access }) => accessText(access) },
      {
        key: 'condition',
        fit: 'wrap',
        of: ({ condition, glue, inside }) =>
          `${glue === null ? '' : `${glue} `}${inside.length > 0 ? `(${condition})` : condition}`,
      },
    ],
    id: ({ row }) => row,
    empty: 'no conditions',
  });
}

function flattened(condition: ProfiledCondition): ProfiledCondition[] {
  return [condition, ...condition.inside.flatMap(flattened)];
}

/** `all contacts`, `events by events_window` */
function accessText(access: readonly Access[]): string {
  const reached = access
    .filter(({ how }) => how !== 'key')
    .map(({ table, how, index }) =>
      how === 'all' ? `all ${table}` : `${table} by ${index ?? 'key'}`,
    );
  return reached.length === 0 ? 'by key' : [...new Set(reached)].join(', ');
}

function inMs(ms: number): string {
  return `${ms < 10 ? ms.toFixed(1) : grouped(Math.round(ms))} ms`;
}

function toData(
  profile: Profile,
  command: (advice: IndexAdvice) => string,
): Record<string, unknown> {
  const {
    segment,
    filter,
    contacts,
    whole,
    listing,
    conditions,
    together,
    advice,
    lastRuns,
    next,
    reads,
    segments,
  } = profile;
  return {
    alias: segment.alias,
    type: segment.kind,
    filter,
    contacts,
    matching: whole.matching,
    ms: rounded(whole.ms),
    access: whole.access.map(accessData),
    list: { ms: rounded(listing.ms), access: listing.access.map(accessData) },
    conditions: conditions.map(conditionData),
    together:
      together === undefined
        ? null
        : {
            segments: together.segments,
            problem: together.problem,
            ms: rounded(together.ms),
            conditions: together.leaves.map(
              ({ condition, way, because, ms, segments: shared }) => ({
                condition,
                way,
                because,
                ms: ms === null ? null : rounded(ms),
                segments: shared,
              }),
            ),
          },
    advice: advice.map((each) => ({
      field: each.field,
      row: each.row,
      ms: rounded(each.ms),
      ms_with_index: rounded(each.withIndexMs),
      command: command(each),
    })),
    next:
      next === null ? null : { mode: next.mode, reason: next.reason, candidates: next.candidates },
    last_runs: lastRuns.map(({ runId, now, status, mode, reason, joined, left, members, ms }) => ({
      run_id: runId,
      now: formatInstant(now),
      status,
      mode,
      reason,
      joined,
      left,
      members,
      ms,
    })),
    reads,
    segments,
    statement: whole.statement,
    plan: whole.plan,
  };
}

function conditionData({
  row,
  glue,
  condition,
  matching,
  share,
  ms,
  access,
  inside,
}: ProfiledCondition): Record<string, unknown> {
  return {
    row,
    glue,
    condition,
    matching,
    share,
    ms: rounded(ms),
    access: access.map(accessData),
    inside: inside.map(conditionData),
  };
}

function accessData({ table, how, index }: Access): Record<string, unknown> {
  return { table, how, index: index ?? null };
}

/** To the hundredth of a millisecond: what lies below is noise. */
function rounded(ms: number): number {
  return Math.round(ms * 100) / 100;
}
