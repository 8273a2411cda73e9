import {
  compileFilter,
  type CompileOptions,
  type FilterAst,
  filterRows,
  printFilter,
} from '../filter/index.ts';
import type { Condition } from '../sql/condition.ts';
import type {
  Access,
  FieldRow,
  Measured,
  Profiler,
  ReadTx,
  RunSegmentRow,
  SegmentRow,
} from '../store/index.ts';
import { EXIT, UserError } from '../support/errors.ts';
import {
  conditionOf,
  layGround,
  planBuild,
  type PlannedBuild,
  type Prepared,
  prepare,
} from './update/plan.ts';
import { withoutFilter } from './definition.ts';
import { profileTogether, type Together } from './profile-together.ts';

/**
 * One condition of the filter by itself: how many contacts satisfy it and how long it takes to find
 * all of them.
 */
export interface ProfiledCondition {
  /** As `segments:filters` numbers them; inside a group `2.1`. */
  readonly row: string;
  readonly glue: 'and' | 'or' | null;
  readonly condition: string;
  readonly matching: number;
  /** Of all contacts, 0 to 1. */
  readonly share: number;
  readonly ms: number;
  readonly access: readonly Access[];
  readonly inside: readonly ProfiledCondition[];
}

/** An index that was tried: how long a list by the filter takes without it and with it, in ms. */
export interface IndexAdvice {
  readonly field: string;
  readonly row: string;
  readonly ms: number;
  readonly withIndexMs: number;
}

export interface Profile {
  readonly segment: SegmentRow;
  readonly filter: string;
  readonly contacts: number;
  /** The statement of a full build. */
  readonly whole: Measured;
  /** The statement of lists and exports by the same filter, which may use indexes of contacts. */
  readonly listing: Measured;
  readonly conditions: readonly ProfiledCondition[];
  /** How its conditions are decided in a full build of all segments. */
  readonly together: Together | undefined;
  readonly advice: readonly IndexAdvice[];
  readonly lastRuns: readonly (RunSegmentRow & { readonly runId: number; readonly now: number })[];
  /** What an update at this clock would do. Null for a static or an unpublished segment. */
  readonly next: PlannedBuild | null;
  /** The kinds of data that the filter reads, and the aliases of the segments that it refers to. */
  readonly reads: readonly string[];
  readonly segments: readonly string[];
}

const TIMES = 3;
const RUNS = 5;

/**
 * Measures a segment's filter as of `now` (epoch ms). `UserError`: it has no filter (1), or the
 * filter no longer checks (2).
 */
export async function profileSegment(
  tx: ReadTx,
  segment: SegmentRow,
  now: number,
): Promise<Profile> {
  if (segment.filter === null)
    throw segment.kind === 'static' ? staticWithout(segment) : withoutFilter(segment);
  const profiler = await tx.profiler();
  const ground = await layGround(tx, now);
  const prepared = prepare(ground, segment);
  const { ast, dialect, catalogue, time, segments } = prepared;
  const contacts = await tx.contacts.count({});
  const meter: Meter = { profiler, dialect, catalogue, time, contacts };
  const listing = await profiler.measureList(conditionOf(prepared, 'scan'), TIMES);
  const whole = await profiler.measureBuild(segment.id, conditionOf(prepared, 'scan'), TIMES);
  return {
    segment,
    filter: printFilter(ast, catalogue),
    contacts,
    whole,
    listing,
    conditions: await measureRows(ast, '', meter),
    together: await profileTogether(tx, ground, prepared),
    advice: await adviseIndexes(await tx.fields.list(), prepared, listing, meter),
    lastRuns: await tx.runs.ofSegment(segment.id, RUNS),
    next:
      segment.kind === 'dynamic' && segment.published
        ? await planBuild(tx, prepared, async () => contacts)
        : null,
    reads: readsOf(prepared),
    segments: segments
      .filter(({ id }) => prepared.dependencies.segments.includes(id))
      .map(({ alias }) => alias),
  };
}

function staticWithout({ alias }: SegmentRow): UserError {
  return new UserError(
    'NO_FILTER',
    EXIT.refused,
    `segment ${alias} is static and has no filter: there is nothing to measure`,
    { hint: `\`rollcall segments:members ${alias}\` lists who was put there` },
  );
}

interface Meter extends Pick<CompileOptions, 'dialect' | 'catalogue' | 'time'> {
  readonly profiler: Profiler;
  readonly contacts: number;
}

async function measureRows(
  ast: FilterAst,
  within: string,
  meter: Meter,
): Promise<ProfiledCondition[]> {
  const measured: ProfiledCondition[] = [];
  for (const { number, glue, filter } of filterRows(ast)) {
    const row = `${within}${number}`;
    const { matching, ms, access } = await meter.profiler.measure(compiled(filter, meter), TIMES);
    const inside = isGroup(filter)
      ? await measureRows(filter.kind === 'not' ? filter.filter : filter, `${row}.`, meter)
      : [];
    measured.push({
      row,
      glue: glue ?? null,
      condition: printFilter(filter, meter.catalogue),
      matching,
      share: shareOf(matching, meter.contacts),
      ms,
      access,
      inside,
    });
  }
  return measured;
}

/** Whether this row holds several conditions of its own. */
function isGroup(filter: FilterAst): filter is Extract<FilterAst, { kind: 'and' | 'or' | 'not' }> {
  if (filter.kind === 'not') return isGroup(filter.filter);
  return filter.kind === 'and' || filter.kind === 'or';
}

function compiled(filter: FilterAst, { dialect, time, catalogue }: Meter): Condition {
  return compileFilter(filter, { dialect, shape: 'scan', time, catalogue });
}

function shareOf(matching: number, contacts: number): number {
  return contacts === 0 ? 0 : matching / contacts;
}

/**
 * With fewer contacts than this, no index is worth the cost of its writes. For a condition that a
 * larger share of contacts satisfies, the database reads faster without one.
 */
const FEWEST_CONTACTS = 10_000;
const LARGEST_SHARE = 0.05;
/** An index is advised only if it makes a list at least this many times faster. */
const LEAST_GAIN = 2;

/**
 * Tries an index for each condition that all members satisfy, that few contacts satisfy and whose
 * field has none. An index that does not help is not reported. Only lists are measured: a build
 * reads all contacts in any case, because without statistics the database would take any range for
 * a narrow one.
 */
async function adviseIndexes(
  fields: readonly FieldRow[],
  prepared: Prepared,
  listing: Measured,
  meter: Meter,
): Promise<IndexAdvice[]> {
  const rows = filterRows(prepared.ast);
  if (meter.contacts < FEWEST_CONTACTS || rows.some(({ glue }) => glue === 'or')) return [];
  const advice: IndexAdvice[] = [];
  for (const { number, filter } of rows) {
    const field = unindexedField(filter, fields);
    if (field === undefined || advice.some((given) => given.field === field.alias)) continue;
    const test = compiled(filter, meter);
    if (shareOf((await meter.profiler.measure(test, 1)).matching, meter.contacts) > LARGEST_SHARE)
      continue;
    const ms = await meter.profiler.tryIndex(
      { column: field.alias, test, match: conditionOf(prepared, 'scan') },
      TIMES,
    );
    if (ms !== undefined && ms * LEAST_GAIN <= listing.ms)
      advice.push({ field: field.alias, row: String(number), ms: listing.ms, withIndexMs: ms });
  }
  return advice;
}

/** The contact field that this condition tests and no other, if it has no index and may get one. */
function unindexedField(filter: FilterAst, fields: readonly FieldRow[]): FieldRow | undefined {
  if (filter.kind !== 'test' || filter.operand.kind !== 'field') return undefined;
  const id = filter.operand.field;
  return fields.find(
    (field) => field.id === id && field.object === 'contact' && !field.indexed && !field.unique,
  );
}

function readsOf({ dependencies: needs }: Prepared): string[] {
  const kinds: [string, boolean][] = [
    ['contacts', needs.profile.length > 0 || needs.company],
    ['companies', needs.company],
    ['tags', needs.tags],
    ['consent', needs.consent],
  ];
  return [
    ...kinds.filter(([, reads]) => reads).map(([kind]) => kind),
    ...needs.eventTypes.map((type) => `events ${type}`),
  ];
}
