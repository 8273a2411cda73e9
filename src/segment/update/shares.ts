import type { CandidateQuery, ReadTx, Reads, Slice, Watermark } from '../../store/index.ts';
import { type Plan, type Prepared, queryOf } from './plan.ts';
import type { Run } from './request.ts';

/**
 * Segments that look for changes together: who was changed is found once, who is in a slice once
 * for each that looks there.
 */
export interface Share {
  /** Where it looks, apart from what is read. */
  readonly key: string;
  /** Without slices. */
  readonly query: CandidateQuery;
  readonly parts: readonly Part[];
}

/** Those of a share that have the same candidates. */
export interface Part {
  readonly reads: Reads;
  readonly slices: readonly Slice[];
  readonly builds: readonly Prepared[];
}

/** A build that asks everybody, and why. */
export interface FullBuild {
  readonly prepared: Prepared;
  readonly plan: Plan;
}

/** A build that looks for candidates, and where, as a key. */
interface Search {
  readonly prepared: Prepared;
  readonly query: CandidateQuery;
  readonly key: string;
}

/**
 * Puts builds together that look in the same places of the log. A segment whose pins were changed
 * has candidates of its own.
 */
export async function sharesOf(
  tx: ReadTx,
  builds: readonly Prepared[],
  run: Pick<Run, 'full' | 'tooMany'>,
): Promise<{ readonly shares: readonly Share[]; readonly full: readonly FullBuild[] }> {
  const full: FullBuild[] = [];
  const searches: Search[] = [];
  const pinnedSince = onceEach(String, async (since: number) => tx.changes.pinnedSince(since));
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
  run: Pick<Run, 'full' | 'tooMany'>,
  pinnedSince: (since: Watermark) => Promise<readonly number[]>,
): Promise<Search | FullBuild> {
  const query = run.full === true ? 'asked for with --full' : await queryOf(tx, prepared);
  if (typeof query === 'string') return { prepared, plan: { mode: 'full', reason: query } };
  const { segmentId, since, segments } = query;
  // rule: share-pins
  const own = (await pinnedSince(since)).includes(segmentId) ? segmentId : null;
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
 * The same segments as a share for each thing that they read: of what one reads little may have
 * changed where of all of it much has.
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

export function readsKey({ profile, company, tags, consent, eventTypes }: Reads): string {
  return JSON.stringify([profile, company, tags, consent, eventTypes]);
}

/** Items of equal keys together, in the order of the first of each. */
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

/** Finds what belongs to each key once. */
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
