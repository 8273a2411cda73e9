import Sqlite from 'better-sqlite3';
import fc from 'fast-check';
import { expect } from 'vitest';
import { updateSegments } from '../../../src/segment/update/run.ts';
import type { Store } from '../../../src/store/index.ts';
import { UserError } from '../../../src/support/errors.ts';
import { scanInProcess } from '../../helpers/in-process-scanner.ts';
import { NAMES, perform, performRaw, RAW_OPERATIONS } from './operations.ts';
import { at, BEGINNINGS, DAY, fillWorld, FILTERS, HOUR, MINUTE, SEGMENTS, startOf, stateOf, withStore, type WorldShape } from './world.ts';

/** How far the clock goes before an update: by so much, or to where a window of something stored ends, or to a midnight. */
type Clock = { readonly kind: 'by'; readonly ms: number } | { readonly kind: 'bound'; readonly index: number; readonly ms: number } | { readonly kind: 'midnight'; readonly days: number; readonly ms: number };

/** What happens between two segments of a run: the process dies, or somebody writes. */
type Incident = { readonly kind: 'killed'; readonly before: number } | { readonly kind: 'write'; readonly before: number; readonly operation: string };

export interface Command {
  readonly operation: string;
  readonly numbers: readonly [number, number, number];
  /** Null goes on without an update. */
  readonly clock: Clock | null;
  /** Which segments the update names; none means all. */
  readonly named: readonly string[];
  readonly incident: Incident | null;
}

export interface Round {
  readonly shape: WorldShape;
  readonly commands: readonly Command[];
}

/** Mostly a little, at times over month ends and DST, at times back. */
const CLOCK_STEPS = [0, 1, 1000, 15 * MINUTE, HOUR, 90 * MINUTE, DAY, DAY, 2 * DAY, 7 * DAY, 28 * DAY, 31 * DAY, 61 * DAY, -MINUTE, -DAY, -31 * DAY];
const WINDOWS = [0, 90 * MINUTE, 2 * DAY, 3 * DAY, 7 * DAY, 30 * DAY, 31 * DAY, -31 * DAY];
const FARTHEST = 70 * DAY;

const near = fc.constantFrom(-1, 0, 1);
const clock = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('by' as const), ms: fc.constantFrom(...CLOCK_STEPS) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('bound' as const), index: fc.nat(200), ms: near }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('midnight' as const), days: fc.nat(3), ms: near }) },
);
const before = fc.nat(SEGMENTS.length);
const incident = fc.oneof(
  { weight: 8, arbitrary: fc.constant(null) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('killed' as const), before }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('write' as const), before, operation: fc.constantFrom(...Object.keys(RAW_OPERATIONS)) }) },
);

const command: fc.Arbitrary<Command> = fc.record({
  operation: fc.constantFrom(...NAMES),
  numbers: fc.tuple(fc.nat(100), fc.nat(100), fc.nat(100)),
  clock: fc.oneof({ weight: 2, arbitrary: fc.constant(null) }, { weight: 3, arbitrary: clock }),
  named: fc.oneof({ weight: 6, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: fc.subarray(['s3', 's8', 's9', 's12']) }),
  incident,
});

/** A world and so many steps in it. */
export function rounds(steps: number): fc.Arbitrary<Round> {
  return fc.record({
    shape: fc.record({ scanned: fc.boolean(), beginning: fc.nat(BEGINNINGS.length - 1), filters: fc.tuple(...FILTERS.map(() => fc.nat(11))) }),
    commands: fc.array(command, { minLength: steps, maxLength: steps, size: 'max' }),
  });
}

/** Does the same to two stores, one updated by what changed, one rebuilt in full; after each update they must be alike. */
export async function playRound({ shape, commands }: Round): Promise<void> {
  const options = shape.scanned ? SCANNED : {};
  await withStore(async (byDelta) =>
    withStore(async (inFull) => {
      const start = startOf(shape);
      let now = start;
      for (const store of [byDelta, inFull]) await fillWorld(store, shape);
      for (const [index, each] of [{ operation: 'none', numbers: [0, 0, 0], clock: { kind: 'by', ms: 0 }, named: [], incident: null } as Command, ...commands].entries()) {
        for (const store of [byDelta, inFull]) await perform(each.operation, { store, now, start, numbers: each.numbers });
        if (each.clock === null) continue;
        now = clockAfter(now, each.clock, byDelta);
        const updated = await update(byDelta, each, { now, start, full: false });
        await update(inFull, each, { now, start, full: true });
        const finished = updated !== 'killed';
        expect(stateOf(byDelta, { finished }), `step ${index}, ${each.operation} at ${new Date(now).toISOString()}: ${updated}`).toEqual(stateOf(inFull, { finished }));
      }
    }, options),
  options);
}

function clockAfter(now: number, { kind, ...clock }: Clock, store: Store): number {
  if (kind === 'by') return now + clock.ms;
  if ('days' in clock) return (Math.floor(now / DAY) + clock.days) * DAY + clock.ms;
  const bounds = 'index' in clock ? reachableBounds(store, now) : [];
  return bounds.length === 0 ? now : at(bounds, 'index' in clock ? clock.index : 0) + clock.ms;
}

/** Instants at which something stored falls out of a window, not too far away. */
function reachableBounds(store: Store, now: number): number[] {
  const db = new Sqlite(store.location, { readonly: true });
  try {
    const instants = db.prepare('select occurred_at as t from events union select last_active_at from contacts union select created_at from contacts union select created_at from companies union select since from memberships').pluck().all() as (number | null)[];
    return instants.flatMap((instant) => (instant === null ? [] : WINDOWS.map((window) => instant + window))).filter((bound) => Math.abs(bound - now) < FARTHEST && bound > now - 2 * DAY);
  } finally {
    db.close();
  }
}

/** However small the store; what is written between two segments is written behind the snapshots of those to come. */
const SCANNED = { scanFrom: 0, scanners: 2, startScanner: scanInProcess };

class Killed extends Error {}

/** Gives how each segment was updated, or why the run was refused; naming an unpublished segment is, in both stores alike. */
async function update(store: Store, { named, incident, numbers }: Command, { now, start, full }: { readonly now: number; readonly start: number; readonly full: boolean }): Promise<string> {
  const onSegment = (_: string, done: number): void => {
    if (incident?.before !== done) return;
    if (incident.kind === 'killed') throw new Killed();
    performRaw(incident.operation, { store, now, start, numbers });
  };
  try {
    const { reports } = await updateSegments(store, { segments: named, now, full, onSegment });
    return reports.map((report) => `${report.alias} ${report.mode ?? report.status}`).join(', ');
  } catch (error) {
    if (error instanceof Killed) return 'killed';
    if (error instanceof UserError) return error.code;
    throw error;
  }
}
