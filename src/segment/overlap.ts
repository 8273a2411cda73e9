import type { ReadTx, SegmentRow, Store } from '../store/index.ts';
import { pagesByKey } from '../support/by-key.ts';
import { EXIT, UserError } from '../support/errors.ts';
import { pickSegment } from './lookup.ts';

const PAGE = 50_000;
const CONTACT_PAGE = 10_000;
/** A bit of a number for each. */
const MOST_SEGMENTS = 20;

/** How many of a segment's members there are, also in another one, and in none but these. */
export interface Shared {
  readonly segment: SegmentRow;
  /** Null: the segment by itself. */
  readonly other: SegmentRow | null;
  readonly members: number;
  /** Of the members of `segment`, and of those of `other`: 0 to 1; 0 where there are none. */
  readonly share: number;
  readonly shareOfOther: number | null;
  /** Who is in no other of the segments that were asked for. */
  readonly inNoOther: number;
}

export interface Overlap {
  /** Each segment, then each pair, in the order in which they were given. */
  readonly rows: readonly Shared[];
  /** How many contacts are in any of them, in exactly one, and in all. */
  readonly inAny: number;
  readonly inOne: number;
  readonly inAll: number;
}

/**
 * How segments overlap. `UserError` (2): an unknown segment, one that is given twice, fewer than two
 * or more than 20.
 */
export async function overlapOf(tx: ReadTx, references: readonly string[]): Promise<Overlap> {
  const segments = await pickAll(tx, references);
  const regions = await countRegions(
    tx,
    segments.map(({ id }) => id),
  );
  const all = 2 ** segments.length - 1;
  const sum = (isMeant: (region: number) => boolean): number =>
    [...regions].reduce((total, [region, count]) => total + (isMeant(region) ? count : 0), 0);
  return {
    rows: [...singles(segments, sum), ...pairs(segments, sum)],
    inAny: sum(() => true),
    inOne: sum((region) => (region & (region - 1)) === 0),
    inAll: regions.get(all) ?? 0,
  };
}

type Sum = (isMeant: (region: number) => boolean) => number;

function singles(segments: readonly SegmentRow[], sum: Sum): Shared[] {
  return segments.map((segment, index) => {
    const bit = 1 << index;
    const members = sum((region) => (region & bit) !== 0);
    return {
      ...{ segment, other: null, members, shareOfOther: null },
      share: members === 0 ? 0 : 1,
      inNoOther: sum((region) => region === bit),
    };
  });
}

function pairs(segments: readonly SegmentRow[], sum: Sum): Shared[] {
  const sizeOf = (index: number): number => sum((region) => (region & (1 << index)) !== 0);
  return segments.flatMap((segment, first) =>
    segments.slice(first + 1).map((other, behind) => {
      const second = first + 1 + behind;
      const both = (1 << first) | (1 << second);
      const members = sum((region) => (region & both) === both);
      return {
        ...{ segment, other, members, inNoOther: sum((region) => region === both) },
        share: shareOf(members, sizeOf(first)),
        shareOfOther: shareOf(members, sizeOf(second)),
      };
    }),
  );
}

export function shareOf(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}

async function pickAll(tx: ReadTx, references: readonly string[]): Promise<SegmentRow[]> {
  const known = await tx.segments.list();
  const segments = references.map((reference) => pickSegment(known, reference));
  const twice = segments.find((segment, index) => segments.indexOf(segment) < index);
  if (twice !== undefined)
    throw new UserError('GIVEN_TWICE', EXIT.usage, `${twice.alias} is given twice`, {
      hint: 'give each segment once',
    });
  if (segments.length >= 2 && segments.length <= MOST_SEGMENTS) return segments;
  throw new UserError('HOW_MANY', EXIT.usage, 'it takes 2 to 20 segments', {
    hint: '`rollcall segments:list` shows them',
  });
}

/** How many contacts are in exactly these segments, for each set of them: bit n is the n-th. */
async function countRegions(
  tx: ReadTx,
  segmentIds: readonly number[],
): Promise<ReadonlyMap<number, number>> {
  const regions = new Map<number, number>();
  let after = 0;
  for (;;) {
    const pages: (readonly number[])[] = [];
    for (const id of segmentIds) pages.push(await tx.members.ids(id, { after, limit: PAGE }));
    const upTo = Math.min(...pages.map(endOf));
    tally(pages, upTo, regions);
    if (upTo === Number.POSITIVE_INFINITY) return regions;
    after = upTo;
  }
}

/** Up to where a page has all members. */
function endOf(page: readonly number[]): number {
  return page.length < PAGE ? Number.POSITIVE_INFINITY : (page.at(-1) ?? Number.POSITIVE_INFINITY);
}

/** Merges pages, each in order of contacts. */
function tally(
  pages: readonly (readonly number[])[],
  upTo: number,
  regions: Map<number, number>,
): void {
  const places = pages.map(() => 0);
  const counts = new Array<number>(2 ** pages.length).fill(0);
  for (;;) {
    const least = leastAt(pages, places);
    if (least > upTo || least === Number.POSITIVE_INFINITY) break;
    const region = passOver(pages, places, least);
    counts[region] = (counts[region] ?? 0) + 1;
  }
  for (const [region, count] of counts.entries())
    if (count > 0) regions.set(region, (regions.get(region) ?? 0) + count);
}

// by index: half a million iterators take longer than all else
function leastAt(pages: readonly (readonly number[])[], places: readonly number[]): number {
  let least = Number.POSITIVE_INFINITY;
  for (let index = 0; index < pages.length; index++) {
    const id = pages[index]?.[places[index] ?? 0];
    if (id !== undefined && id < least) least = id;
  }
  return least;
}

/** Goes past this contact in all pages that have it; gives which these are. */
function passOver(
  pages: readonly (readonly number[])[],
  places: number[],
  contactId: number,
): number {
  let region = 0;
  for (let index = 0; index < pages.length; index++) {
    const place = places[index] ?? 0;
    if (pages[index]?.[place] !== contactId) continue;
    region |= 1 << index;
    places[index] = place + 1;
  }
  return region;
}

/** A contact who is in exactly one of several segments. */
export interface Lone {
  readonly contactId: number;
  readonly email: string | null;
  readonly segment: string;
}

/** Those who are in exactly one of these segments, by id, read page by page. `UserError` as above. */
export async function* eachLone(
  store: Store,
  references: readonly string[],
  { after, limit }: { readonly after?: number | undefined; readonly limit?: number | undefined },
): AsyncGenerator<Lone> {
  const segments = await store.read(async (tx) => pickAll(tx, references));
  const aliases = new Map(segments.map(({ id, alias }) => [id, alias]));
  const read = async (last: number | undefined, most: number) =>
    store.read(async (tx) => tx.members.inOneOf([...aliases.keys()], { after: last, limit: most }));
  const pages = pagesByKey({
    ...{ read, size: CONTACT_PAGE, after, limit },
    keyOf: ({ contactId }) => contactId,
  });
  for await (const page of pages)
    for (const { segmentId, ...contact } of page)
      yield { ...contact, segment: aliases.get(segmentId) ?? '' };
}
