import type { CandidateQuery, ReadTx, Reads, Slice, Watermark } from '../../store/index.ts';
import { type Plan, type Prepared, queryOf } from './plan.ts';
import type { Run } from './request.ts';

/**
 * Segments that look for changes together: the changed contacts are found once for all of them, the
 * contacts in a slice once for each part.
 */
export interface Share {
  /** Where in the log it looks, as keys that leave out what is read: from anywhere, from `since`. */
  readonly place: string;
  readonly key: string;
  /** The query, without slices. */
  readonly query: CandidateQuery;
  readonly parts: readonly Part[];
}

/** The builds of a share that have the same candidates. */
export interface Part {
  readonly reads: Reads;
  readonly slices: readonly Slice[];
  readonly builds: readonly Prepared[];
}

/** A build that evaluates the filter for all contacts, and why. */
export interface FullBuild {
  readonly prepared: Prepared;
  readonly plan: Plan;
}

/** A build that looks for candidates, with its query, and whether its own pins were changed. */
interface Search {
  readonly prepared: Prepared;
  readonly query: CandidateQuery;
  readonly isPinned: boolean;
}

/**
 * Groups builds that look in the same place of the log. A segment whose pins were changed gets its
 * own share, because those contacts are candidates for it alone.
 */
export async function sharesOf(
  tx: ReadTx,
  builds: readonly Prepared[],
  run: Pick<Run, 'full' | 'tooMany'>,
): Promise<{ readonly shares: readonly Share[]; readonly full: readonly FullBuild[] }> {
  const full: FullBuild[] = [];
  const searches: Search[] = [];
  const pinnedSince = onceEach(
    String,
    async (since: Watermark) => new Set(await tx.changes.pinnedSince(since)),
  );
  for (const prepared of builds) {
    const search = await searchOf(tx, prepared, run, pinnedSince);
    if ('plan' in search) full.push(search);
    else searches.push(search);
  }
  const shares: Share[] = [];
  for (const group of groupsOf(searches, placeKey))
    for (const some of await lookingTogether(tx, group)) {
      const share = shareOf(placeKey(some[0]), some[0].query, partsOf(some));
      const { open, refused } = knownOf(share, run);
      full.push(...refused);
      if (open.length > 0) shares.push(shareOf(share.place, share.query, open));
    }
  return { shares, full };
}

/** The parts to look for, and the builds for which this run has found too many candidates before. */
function knownOf(
  { key, parts }: Share,
  { tooMany }: Pick<Run, 'tooMany'>,
): { readonly open: readonly Part[]; readonly refused: readonly FullBuild[] } {
  const planOf = ({ reads }: Part): Plan | undefined => tooMany.get(key + readsKey(reads));
  const refused = parts.flatMap((part) => {
    const plan = planOf(part);
    return plan === undefined ? [] : part.builds.map((prepared) => ({ prepared, plan }));
  });
  return { open: parts.filter((part) => planOf(part) === undefined), refused };
}

async function searchOf(
  tx: ReadTx,
  prepared: Prepared,
  run: Pick<Run, 'full'>,
  pinnedSince: (since: Watermark) => Promise<ReadonlySet<number>>,
): Promise<Search | FullBuild> {
  const query = run.full === true ? 'asked for with --full' : await queryOf(tx, prepared);
  if (typeof query === 'string') return { prepared, plan: { mode: 'full', reason: query } };
  const isPinned = (await pinnedSince(query.since)).has(query.segmentId);
  return { prepared, query, isPinned };
}

/** Where a segment looks in the log, wherever it begins to. */
function placeKey({ query: { segmentId, segments }, isPinned }: Search): string {
  // rule: share-pins
  const own = isPinned ? segmentId : null;
  // rule: share-segments
  return JSON.stringify([own, segments]);
}

/** So many entries more are looked through to look once for all: that takes a millisecond or two. */
const MOST_ENTRIES_MORE = 1_000;

/**
 * Those of a group that look through the log from the same watermark on, the lowest of theirs: to
 * look back too far only nominates more. One that lies too far behind looks alone, so that a
 * segment that is held for weeks does not make all others look as far back.
 */
async function lookingTogether(
  tx: ReadTx,
  group: readonly [Search, ...Search[]],
): Promise<[Search, ...Search[]][]> {
  // rule: share-since
  const bySince = groupsOf(group, ({ query }) => String(query.since)).sort(
    ([one], [other]) => one.query.since - other.query.since,
  );
  const last = bySince.at(-1)?.[0].query.since ?? 0;
  const most = MOST_ENTRIES_MORE + (bySince.length > 1 ? await countAll(tx, last) : 0);
  const alone: [Search, ...Search[]][] = [];
  for (const [index, some] of bySince.entries()) {
    const rest = bySince.slice(index).flat() as [Search, ...Search[]];
    if (index === bySince.length - 1) return [...alone, rest];
    if ((await tx.changes.countSince(some[0].query.since, most)) <= most) return [...alone, rest];
    alone.push(some);
  }
  return alone;
}

async function countAll(tx: ReadTx, since: Watermark): Promise<number> {
  return tx.changes.countSince(since, Number.MAX_SAFE_INTEGER - 1);
}

function shareOf(place: string, query: CandidateQuery, parts: readonly Part[]): Share {
  const reads = groupsOf(parts, (part) => readsKey(part.reads)).map(([first]) => first.reads);
  return { place, key: `${query.since} ${place}`, query: { ...query, reads, slices: [] }, parts };
}

/**
 * Splits a share where all of it together has too many changes: by how far its segments have seen
 * the log, or else by what its parts read. One alone may have few.
 */
export function takeApart({ place, query, parts }: Share): Share[] {
  const pieces = parts.flatMap((part) =>
    groupsOf(part.builds, seenOf).map((builds) => ({ ...part, builds })),
  );
  const bySeen = groupsOf(pieces, ({ builds }) => seenOf(builds[0]));
  return bySeen.length > 1
    ? bySeen.map((some) =>
        shareOf(place, { ...query, since: some[0].builds[0].segment.seen ?? query.since }, some),
      )
    : groupsOf(parts, (part) => readsKey(part.reads)).map((some) => shareOf(place, query, some));
}

function seenOf({ segment }: Prepared): string {
  return String(segment.seen);
}

function partsOf(searches: readonly Search[]): Part[] {
  // rule: share-reads, share-slices
  return groupsOf(
    searches,
    ({ prepared, query }) => readsKey(prepared.dependencies) + JSON.stringify(query.slices),
  ).map(([first, ...more]) => ({
    reads: first.prepared.dependencies,
    slices: first.query.slices,
    builds: [first, ...more].map(({ prepared }) => prepared),
  }));
}

export function readsKey({ profile, company, tags, consent, eventTypes }: Reads): string {
  return JSON.stringify([profile, company, tags, consent, eventTypes]);
}

/** Groups items by key, in the order in which the keys first appear. */
export function groupsOf<T>(items: readonly T[], keyOf: (item: T) => string): [T, ...T[]][] {
  const groups = new Map<string, [T, ...T[]]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return [...groups.values()];
}

/** Returns a function that calls `find` only once for each key. */
export function onceEach<T, U>(
  keyOf: (item: T) => string,
  find: (item: T) => Promise<U>,
): (item: T) => Promise<U> {
  const found = new Map<string, Promise<U>>();
  return async (item) => {
    const key = keyOf(item);
    const known = found.get(key) ?? find(item);
    found.set(key, known);
    return known;
  };
}
