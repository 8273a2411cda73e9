import type { CandidateQuery, ReadTx, Slice } from '../../store/index.ts';
import { type Plan, type Prepared, queryOf } from './plan.ts';

/** Segments that the same changes nominate for: who was changed is found once, who is in a slice once for each that looks there. */
export interface Share {
  /** Without slices. */
  readonly query: CandidateQuery;
  readonly parts: readonly Part[];
}

export interface Part {
  readonly slices: readonly Slice[];
  readonly builds: readonly Prepared[];
}

/** A build that asks everybody, and why. */
export interface FullBuild {
  readonly prepared: Prepared;
  readonly plan: Plan;
}

/** Puts builds together that look for the same candidates. A segment whose pins were changed has some of its own. */
export async function sharesOf(tx: ReadTx, builds: readonly Prepared[], options: { readonly full?: boolean | undefined }): Promise<{ readonly shares: readonly Share[]; readonly full: readonly FullBuild[] }> {
  const full: FullBuild[] = [];
  const searches: { readonly prepared: Prepared; readonly query: CandidateQuery; readonly key: string }[] = [];
  const pinnedSince = onceEach(async (since) => tx.changes.pinnedSince(since));
  for (const prepared of builds) {
    const query = options.full === true ? 'asked for with --full' : await queryOf(tx, prepared);
    if (typeof query === 'string') {
      full.push({ prepared, plan: { mode: 'full', reason: query } });
    } else {
      const { segmentId, since, kinds, segments } = query;
      const own = (await pinnedSince(since)).includes(segmentId) ? segmentId : null;
      searches.push({ prepared, query, key: JSON.stringify([own, since, kinds, segments]) });
    }
  }
  const shares = groupsOf(searches, ({ key }) => key).map(([first, ...more]) => ({ query: { ...first.query, slices: [] }, parts: partsOf([first, ...more]) }));
  return { shares, full };
}

function partsOf(searches: readonly { readonly prepared: Prepared; readonly query: CandidateQuery }[]): Part[] {
  return groupsOf(searches, ({ query }) => JSON.stringify(query.slices)).map(([first, ...more]) => ({ slices: first.query.slices, builds: [first, ...more].map(({ prepared }) => prepared) }));
}

/** Items of equal keys together, in the order of the first of each. */
function groupsOf<T>(items: readonly T[], keyOf: (item: T) => string): [T, ...T[]][] {
  const groups = new Map<string, [T, ...T[]]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return [...groups.values()];
}

/** Finds each once. */
export function onceEach<T>(find: (key: number) => Promise<T>): (key: number) => Promise<T> {
  const found = new Map<number, Promise<T>>();
  return async (key) => {
    const known = found.get(key) ?? find(key);
    found.set(key, known);
    return known;
  };
}
