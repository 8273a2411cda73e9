import type { ReadTx, RunRow, SegmentRow, Store } from '../store/index.ts';
import { lastUpdates, type RunSegment, segmentsOfRun } from './runs.ts';
import { type TriggersStatus, triggersStatus } from './triggers/waiting.ts';
import { type PendingBuild, pendingBuilds } from './update/pending-builds.ts';

/**
 * How old the members of a segment may be before it counts as stale, unless the user says
 * otherwise.
 */
export const USUAL_AGE_MS = 86_400_000;

/** A store at one look. Instants are epoch ms. */
export interface StoreStatus {
  readonly location: string;
  readonly sizeBytes: number;
  readonly contacts: number;
  readonly segments: {
    readonly dynamic: number;
    readonly static: number;
    readonly unpublished: number;
  };
  /** The newest run of `segments:update`, and the newest in which all went well. */
  readonly lastRun: RunRow | undefined;
  readonly lastSuccess: RunRow | undefined;
  /** The segments that the last run failed to make true, or did not make true in full. */
  readonly problems: readonly RunSegment[];
  /**
   * Published dynamic segments that were not built for too long: those that never were first, then
   * the oldest.
   */
  readonly stale: readonly SegmentRow[];
  readonly isLocked: boolean;
  /** How many logged changes at least one segment has not read yet. */
  readonly pendingChanges: number;
  /** Since when somebody else's transaction keeps all that is logged: see `HealthReader`. */
  readonly logHeldSince: number | undefined;
  /** Segments that have to be built whatever changes, such as new and changed ones. */
  readonly pendingBuilds: readonly PendingBuild[];
  readonly triggers: TriggersStatus;
}

/**
 * Looks at the store as of `now`; a segment is stale when what it shows is older than `maxAgeMs`.
 */
export async function statusOf(
  store: Store,
  { now, maxAgeMs }: { readonly now: number; readonly maxAgeMs: number },
): Promise<StoreStatus> {
  const { last, success } = await lastUpdates(store);
  const [isLocked, sizeBytes] = [await store.isRunLocked(), await store.size()];
  return store.read(async (tx) => {
    const segments = await tx.segments.list();
    const count = (of: (segment: SegmentRow) => boolean): number => segments.filter(of).length;
    return {
      location: store.location,
      sizeBytes,
      contacts: await tx.contacts.count({}),
      segments: {
        dynamic: count(({ kind }) => kind === 'dynamic'),
        static: count(({ kind }) => kind === 'static'),
        unpublished: count(({ published }) => !published),
      },
      lastRun: last,
      lastSuccess: success,
      problems: last === undefined ? [] : await problemsOf(tx, last),
      stale: segments
        .filter((segment) => isStale(segment, now - maxAgeMs))
        .sort((a, b) => (a.builtAt ?? -Infinity) - (b.builtAt ?? -Infinity)),
      isLocked,
      pendingChanges: await tx.changes.countPending(),
      logHeldSince: await (await tx.health()).logHeldSince(),
      pendingBuilds: await pendingBuilds(tx, now),
      triggers: await triggersStatus(tx),
    };
  });
}

async function problemsOf(tx: ReadTx, { id }: RunRow): Promise<RunSegment[]> {
  return (await segmentsOfRun(tx, id)).filter(({ status }) => status !== 'ok');
}

/** What is wrong with the updates of a store, when its last success may be `maxAgeMs` old. */
export type Finding =
  | { readonly kind: 'never' }
  | { readonly kind: 'old' | 'future'; readonly success: RunRow }
  | { readonly kind: 'stale'; readonly segments: readonly SegmentRow[] }
  | { readonly kind: 'trigger'; readonly failing: TriggersStatus['failing'] };

/**
 * Judges the last success by the clock that it was run with, because its segments are true as of
 * then. A success that lies further in the future than it may lie in the past used a wrong clock
 * and proves nothing. After a success that named only some segments, others may still be stale. A
 * trigger that fails does so until somebody mends it.
 */
export function judgeAge(
  { lastSuccess, stale, triggers }: Pick<StoreStatus, 'lastSuccess' | 'stale' | 'triggers'>,
  { now, maxAgeMs }: { readonly now: number; readonly maxAgeMs: number },
): Finding | undefined {
  if (lastSuccess === undefined) return { kind: 'never' };
  if (now - lastSuccess.now > maxAgeMs) return { kind: 'old', success: lastSuccess };
  if (lastSuccess.now - now > maxAgeMs) return { kind: 'future', success: lastSuccess };
  if (stale.length > 0) return { kind: 'stale', segments: stale };
  return triggers.failing.length > 0 ? { kind: 'trigger', failing: triggers.failing } : undefined;
}

/** Not built since then. A segment that was created or edited since is not stale yet. */
function isStale({ kind, published, builtAt, updatedAt }: SegmentRow, since: number): boolean {
  return kind === 'dynamic' && published && Math.max(builtAt ?? -Infinity, updatedAt) < since;
}
