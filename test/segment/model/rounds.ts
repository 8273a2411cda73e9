import Sqlite from 'better-sqlite3';
import fc from 'fast-check';
import { expect } from 'vitest';
import { type UpdateRequest, updateSegments } from '../../../src/segment/update/run.ts';
import { verifySegments } from '../../../src/segment/update/verify.ts';
import type { Store } from '../../../src/store/index.ts';
import { UserError } from '../../../src/support/errors.ts';
import { scanInProcess } from '../../helpers/in-process-scanner.ts';
import { dumpStore } from '../../helpers/store-dump.ts';
import { REPLACEMENTS_OF_IDS } from './replacements.ts';
import { NAMES, perform, performRaw, RAW_OPERATIONS } from './operations.ts';
import {
  at,
  BEGINNINGS,
  DAY,
  fillWorld,
  COLUMN_WAYS,
  type ColumnsWay,
  FILTERS,
  HOUR,
  MINUTE,
  SEGMENTS,
  startOf,
  stateOf,
  withStore,
  type WorldShape,
} from './world.ts';

/**
 * How far the clock goes before an update: by so much, or to where a window of something stored
 * ends, or something is due, or to a midnight.
 */
type Clock =
  | { readonly kind: 'by'; readonly ms: number }
  | { readonly kind: 'bound' | 'due'; readonly index: number; readonly ms: number }
  | { readonly kind: 'midnight'; readonly days: number; readonly ms: number };

/** What happens between two segments of a run: the process dies, or somebody writes. */
type Incident =
  | { readonly kind: 'killed'; readonly before: number }
  | { readonly kind: 'write'; readonly before: number; readonly operation: string };

/** What an update is asked to mind; `time` is enough for so many segments. */
interface Asked extends Pick<
  UpdateRequest,
  'maxShrink' | 'maxGrow' | 'maxChanges' | 'batch' | 'mostWork'
> {
  readonly time?: number;
}

export interface Command {
  readonly operation: string;
  readonly numbers: readonly [number, number, number];
  /** Null goes on without an update. */
  readonly clock: Clock | null;
  /** Which segments the update names; none means all. */
  readonly named: readonly string[];
  readonly incident: Incident | null;
  readonly asked: Asked;
  /** Whether a dry run comes before the update, and a verification after it. */
  readonly isTried: boolean;
  readonly isVerified: boolean;
}

export interface Round {
  readonly shape: WorldShape;
  readonly commands: readonly Command[];
}

/** Mostly a little, at times over month ends and DST, at times back. */
const CLOCK_STEPS = [
  0,
  1,
  1000,
  15 * MINUTE,
  HOUR,
  90 * MINUTE,
  DAY,
  DAY,
  2 * DAY,
  7 * DAY,
  28 * DAY,
  31 * DAY,
  61 * DAY,
  -MINUTE,
  -DAY,
  -31 * DAY,
];
const WINDOWS = [0, 90 * MINUTE, 2 * DAY, 3 * DAY, 7 * DAY, 30 * DAY, 31 * DAY, -31 * DAY];
const FARTHEST = 70 * DAY;

const near = fc.constantFrom(-1, 0, 1);
const clock = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('by' as const), ms: fc.constantFrom(...CLOCK_STEPS) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('bound' as const), index: fc.nat(200), ms: near }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('due' as const), index: fc.nat(200), ms: near }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('midnight' as const), days: fc.nat(3), ms: near }),
  },
);
const before = fc.nat(SEGMENTS.length);
const incident = fc.oneof(
  { weight: 8, arbitrary: fc.constant(null) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('killed' as const), before }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('write' as const),
      before,
      operation: fc.constantFrom(...Object.keys(RAW_OPERATIONS)),
    }),
  },
);

const bound = fc.oneof(
  fc.nat(3).map((count) => ({ kind: 'count' as const, count })),
  fc.constantFrom(0, 0.2, 0.5).map((share) => ({ kind: 'share' as const, share })),
);
const asked: fc.Arbitrary<Asked> = fc.oneof(
  { weight: 6, arbitrary: fc.constant({}) },
  { weight: 2, arbitrary: bound.map((maxShrink) => ({ maxShrink })) },
  { weight: 1, arbitrary: bound.map((maxGrow) => ({ maxGrow })) },
  { weight: 2, arbitrary: fc.integer({ min: 1, max: 3 }).map((maxChanges) => ({ maxChanges })) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 4 }).map((batch) => ({ batch })) },
  { weight: 3, arbitrary: fc.nat(12).map((mostWork) => ({ mostWork })) },
  { weight: 1, arbitrary: fc.nat(SEGMENTS.length).map((time) => ({ time })) },
);

const command: fc.Arbitrary<Command> = fc.record({
  operation: fc.constantFrom(...NAMES),
  numbers: fc.tuple(fc.nat(100), fc.nat(100), fc.nat(100)),
  clock: fc.oneof({ weight: 2, arbitrary: fc.constant(null) }, { weight: 3, arbitrary: clock }),
  named: fc.oneof(
    { weight: 6, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.subarray(['s3', 's8', 's9', 's12']) },
  ),
  incident,
  asked,
  isTried: fc.oneof(
    { weight: 4, arbitrary: fc.constant(false) },
    { weight: 1, arbitrary: fc.constant(true) },
  ),
  isVerified: fc.oneof(
    { weight: 2, arbitrary: fc.constant(false) },
    { weight: 1, arbitrary: fc.constant(true) },
  ),
});

const BEGIN: Command = {
  operation: 'none',
  numbers: [0, 0, 0],
  clock: { kind: 'by', ms: 0 },
  named: [],
  incident: null,
  asked: {},
  isTried: true,
  isVerified: true,
};

/** A world and so many steps in it. */
export function rounds(
  steps: number,
  ways: readonly ColumnsWay[] = COLUMN_WAYS,
): fc.Arbitrary<Round> {
  return fc.record({
    shape: fc.record({
      columns: fc.constantFrom(...ways),
      beginning: fc.nat(BEGINNINGS.length - 1),
      filters: fc.tuple(...FILTERS.map(() => fc.nat(11))),
    }),
    commands: fc.array(command, { minLength: steps, maxLength: steps, size: 'max' }),
  });
}

/** Two stores, and what was done to both alike. */
interface Pair {
  readonly shape: WorldShape;
  byDelta: Store;
  inFull: Store;
  /** Opens both again. */
  readonly reopen: () => Promise<Pick<Pair, 'byDelta' | 'inFull'>>;
  readonly start: number;
  now: number;
  /** Whether the last run came to its end. */
  finished: boolean;
  areIdsKept: boolean;
}

/**
 * Does the same to two stores, one updated by what changed, one rebuilt in full; after each update
 * they must be alike.
 */
export async function playRound({ shape, commands }: Round): Promise<void> {
  await withStore(
    async (byDelta, reopenOne) =>
      withStore(async (inFull, reopenOther) => {
        for (const store of [byDelta, inFull]) await fillWorld(store, shape);
        const start = startOf(shape);
        const reopen: Pair['reopen'] = async () => ({
          byDelta: await reopenOne(),
          inFull: await reopenOther(),
        });
        const stores = { byDelta, inFull, reopen };
        const pair: Pair = {
          shape,
          ...stores,
          start,
          now: start,
          finished: true,
          areIdsKept: true,
        };
        for (const [index, each] of [BEGIN, ...commands].entries())
          await playStep(pair, each, `step ${index}, ${each.operation}`);
      }),
    shape.columns === 'ahead' ? SCANNED : {},
  );
}

async function playStep(pair: Pair, command: Command, name: string): Promise<void> {
  const { byDelta, inFull, start, now } = pair;
  const { operation, incident, numbers, clock } = command;
  for (const store of [byDelta, inFull]) await perform(operation, { store, now, start, numbers });
  pair.areIdsKept &&= ![operation, operationOf(incident)].some((each) =>
    GIVE_IDS_ANEW.includes(each),
  );
  // what came of the last run that a backup has is not known here
  if (operation === 'restore') Object.assign(pair, await pair.reopen(), { finished: false });
  if (clock === null) return;
  pair.now = clockAfter(now, clock, byDelta);
  await updateBoth(pair, command, `${name} at ${new Date(pair.now).toISOString()}`);
}

async function updateBoth(pair: Pair, command: Command, step: string): Promise<void> {
  const { shape, byDelta, inFull, start, now, areIdsKept } = pair;
  const columnsFrom = shape.columns === 'none' ? Number.POSITIVE_INFINITY : 0;
  const where = {
    columnsFrom,
    now,
    start,
    mayRunOut: sameAges(byDelta, inFull),
  };
  const foreseen = command.isTried ? await tryOut(byDelta, command, where, step) : undefined;
  const updated = await update(byDelta, command, { ...where, full: false });
  // the oracle is SQL alone
  await update(inFull, command, { ...where, columnsFrom: Number.POSITIVE_INFINITY, full: true });
  // one that is refused leaves the one before as the last
  if (!updated.startsWith('refused')) pair.finished = updated !== 'killed';
  const { finished } = pair;
  expect(stateOf(byDelta, { finished }), `${step}: ${updated}`).toEqual(
    stateOf(inFull, { finished }),
  );
  if (foreseen !== undefined && command.incident === null)
    expect(foreseen, `${step}, tried out`).toBe(updated);
  if (command.isVerified)
    expect(await findings(byDelta, now, areIdsKept), `${step}, verified: ${updated}`).toEqual([]);
}

function clockAfter(now: number, { kind, ...clock }: Clock, store: Store): number {
  if (kind === 'by') return now + clock.ms;
  if ('days' in clock) return (Math.floor(now / DAY) + clock.days) * DAY + clock.ms;
  const bounds = (kind === 'due' ? dueInstants : reachableBounds)(store).filter(
    (bound) => Math.abs(bound - now) < FARTHEST && bound > now - 2 * DAY,
  );
  return bounds.length === 0 ? now : at(bounds, 'index' in clock ? clock.index : 0) + clock.ms;
}

/** Instants at which pins end, and at which nobody has joined or left for a while. */
function dueInstants(store: Store): number[] {
  const db = new Sqlite(store.location, { readonly: true });
  try {
    const ends = db
      .prepare('select until from pins where until is not null')
      .pluck()
      .all() as number[];
    const rests = db
      .prepare(
        'select coalesce(moved_at, convert_planned_at) from segments where convert_after_inactivity is not null',
      )
      .pluck()
      .all() as number[];
    return [
      ...ends,
      ...ends,
      ...rests.flatMap((instant) => [1, 2, 7, 28, 30, 31].map((days) => instant + days * DAY)),
    ];
  } finally {
    db.close();
  }
}

/** Instants at which something stored falls out of a window. */
function reachableBounds(store: Store): number[] {
  const db = new Sqlite(store.location, { readonly: true });
  try {
    const instants = db
      .prepare(
        `select occurred_at as t from events
        union select last_active_at from contacts
        union select created_at from contacts
        union select created_at from companies
        union select since from memberships`,
      )
      .pluck()
      .all() as (number | null)[];
    return instants.flatMap((instant) =>
      instant === null ? [] : WINDOWS.map((window) => instant + window),
    );
  } finally {
    db.close();
  }
}

/**
 * However small the store; what is written between two segments is written behind the snapshots of
 * those to come.
 */
const SCANNED = { scanFrom: 0, scanners: 2, batch: 4, startScanner: scanInProcess };

class Killed extends Error {}

/**
 * Whether runs with little time take the segments in the same order in both: a killed run stamps
 * what it built in full, and no other.
 */
function sameAges(...stores: readonly Store[]): boolean {
  const [one, other] = stores.map((store) => {
    const db = new Sqlite(store.location, { readonly: true });
    try {
      return JSON.stringify(
        db.prepare('select id, built_at from segments order by id').raw().all(),
      );
    } finally {
      db.close();
    }
  });
  return one === other;
}

/** A dry run: gives what the update will say, and leaves the store as it is. */
async function tryOut(store: Store, command: Command, where: Where, step: string): Promise<string> {
  const before = dumpStore(store.location);
  const foreseen = await update(
    store,
    { ...command, incident: null },
    { ...where, full: false, dryRun: true },
  );
  expect(dumpStore(store.location), `${step}, tried out`).toEqual(before);
  return foreseen;
}

/**
 * After these, who stays a member under an id may be somebody else, whose being anonymous nobody
 * counted.
 */
const GIVE_IDS_ANEW = ['insertContactRaw', 'moveIdRaw', ...REPLACEMENTS_OF_IDS];

function operationOf(incident: Incident | null): string {
  return incident?.kind === 'write' ? incident.operation : '';
}

/** What `verify` finds: nothing but what nobody could know of. */
async function findings(store: Store, now: number, areIdsKept: boolean): Promise<string[]> {
  const { segments: all } = await verifySegments(store, { segments: [], now });
  const segments = all.map((segment) => ({
    ...segment,
    counters: segment.counters.filter(({ name }) => areIdsKept || name !== 'anonymous'),
  }));
  return segments.flatMap(({ alias, missing, extra, counters, causes }) =>
    missing.length + extra.length + counters.length + causes === 0
      ? []
      : [
          JSON.stringify({
            alias,
            missing: [...missing],
            extra: [...extra],
            counters,
            causes,
          }),
        ],
  );
}

interface Where {
  readonly now: number;
  readonly start: number;
  readonly columnsFrom: number;
  /** Whether time may run out. */
  readonly mayRunOut: boolean;
}

/**
 * Gives how each segment was updated, or why the run was refused; naming an unpublished segment is,
 * in both stores alike.
 */
async function update(
  store: Store,
  { named, incident, numbers, asked: { time, ...options } }: Command,
  { now, start, mayRunOut, ...how }: Where & { readonly full: boolean; readonly dryRun?: boolean },
): Promise<string> {
  let left = time ?? 0;
  const isTimeUp = time === undefined || !mayRunOut ? undefined : () => (left -= 1) < 0;
  const onSegment = (_: string, done: number): void => {
    if (incident?.before !== done) return;
    if (incident.kind === 'killed') throw new Killed();
    performRaw(incident.operation, { store, now, start, numbers });
  };
  try {
    // nothing comes between those that are built together
    const oneByOne = incident === null ? {} : { mostWork: 0 };
    const { reports } = await updateSegments(store, {
      ...options,
      ...oneByOne,
      ...how,
      segments: named,
      now,
      onSegment,
      isTimeUp,
    });
    return reports
      .map(
        (report) =>
          `${report.alias} ${report.mode ?? ''} ${report.status} +${report.joined} -${report.left}`,
      )
      .join(', ');
  } catch (error) {
    if (error instanceof Killed) return 'killed';
    if (error instanceof UserError) return `refused: ${error.code}`;
    throw error;
  }
}
