import type { CandidateQuery, ReadTx, Reads, Slice, Watermark } from '../../store/index.ts';
import { type Plan, type Prepared, queryOf } from './plan.ts';
import type { Run } from './request.ts';

/**
 * Segments that look for changes together: the changed contacts are found once for all of them, the
 * contacts in a slice once for each part.
 */
export interface Share {
  /** Where in the log it looks, as a key that leaves out what is read. */
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

/** A build that looks for candidates, with its query and the key of its share. */
interface Search {
  readonly prepared: Prepared;
  readonly query: CandidateQuery;
  readonly key: string;
}

/**
 * Groups builds that look in the same place of the log. A segment whose pins were changed gets its
 * own share, because those contacts are candidates for it alone.
 */
export async function sharesOf(
  tx: ReadTx,
  builds: readonly Prepared[],
  run: Pick<Run, 'full' | 'whyFull' | 'tooMany'>,
): Promise<{ readonly shares: readonly Share[]; readonly full: readonly FullBuild[] }> {
  const full: FullBuild[] = [];
  const searches: Search[] = [];
  const pinnedSince = onceEach(
    (since) => since,
    async (since: Watermark) => new Set(await tx.changes.pinnedSince(since)),
  );
  for (const prepared of builds) {
    const search = await searchOf(tx, prepared, run, pinnedSince);
    if ('plan' in search) full.push(search);
    else searches.push(search);
  }
  const shares = groupsOf(searches, ({ key }) => key).map((group) =>
    shareOf(group[0].key, group[0].query, partsOf(group)),
  );
  return { shares, full };
}

async function searchOf(
  tx: ReadTx,
  prepared: Prepared,
  run: Pick<Run, 'full' | 'whyFull' | 'tooMany'>,
  pinnedSince: (since: Watermark) => Promise<ReadonlySet<number>>,
): Promise<Search | FullBuild> {
  const query = run.full === true ? run.whyFull : await queryOf(tx, prepared);
  if (typeof query === 'string') return { prepared, plan: { mode: 'full', reason: query } };
  const { segmentId, since, segments } = query;
  // rule: share-pins
  const own = (await pinnedSince(since)).has(segmentId) ? segmentId : null;
  // rule: share-segments, share-since
  const key = JSON.stringify([own, since, segments]);
  const plan = run.tooMany.get(key + readsKey(prepared.dependencies));
  return plan === undefined ? { prepared, query, key } : { prepared, plan };
}

function shareOf(key: string, query: CandidateQuery, parts: readonly Part[]): Share {
  const reads = groupsOf(parts, (part) => readsKey(part.reads)).map(([first]) => first.reads);
  return { key, query: { ...query, reads, slices: [] }, parts };
}

/**
 * Splits a share by what its parts read: where all of it together has too many changes, one part
 * alone may have few.
 */
export function takeApart({ key, query, parts }: Share): Share[] {
  return groupsOf(parts, (part) => readsKey(part.reads)).map((group) => shareOf(key, query, group));
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

/** By what is read, since a run asks for each several times. */
const readsKeys = new WeakMap<Reads, string>();

export function readsKey(reads: Reads): string {
  const { profile, company, tags, consent, eventTypes } = reads;
  const key = readsKeys.get(reads) ?? JSON.stringify([profile, company, tags, consent, eventTypes]);
  readsKeys.set(reads, key);
  return key;
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
