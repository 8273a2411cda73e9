import { readStoreFilter } from '../../../src/contact/checked-filter.ts';
import { encodeAst } from '../../../src/filter/index.ts';
import type { ReadTx } from '../../../src/store/index.ts';
import { HOUR } from '../../segment/model/world.ts';
import { type Facts, membersOf, segmentCalled } from './facts.ts';

/** Whether a contact matches, by what the tables say, as of an instant. */
type Meaning = (facts: Facts, contactId: number, now: number) => boolean;

const WINDOW = 36 * HOUR;

const points = ({ contacts }: Facts, id: number): number | null => contacts.get(id)?.points ?? null;
const isRecent = (instant: number, now: number): boolean =>
  instant > now - WINDOW && instant <= now;
const hits = ({ events }: Facts, id: number): number[] =>
  events.flatMap(({ contact, type, at }) => (contact === id && type === 'page.hit' ? [at] : []));
const isTagged = ({ tags }: Facts, id: number, tag: string): boolean =>
  tags.get(id)?.has(tag) === true;

/** When it became a member of this segment; undefined for who is none. */
function sinceWhen(facts: Facts, id: number, alias: string): number | undefined {
  const segment = segmentCalled(facts, alias);
  return segment === undefined ? undefined : membersOf(facts, segment.id).get(id);
}

/** The filters of a story, each with its meaning in other words. */
export const FILTERS: Readonly<Record<string, Meaning>> = {
  'points >= 50': (facts, id) => (points(facts, id) ?? 0) >= 50,
  'points is empty or points < 20': (facts, id) => (points(facts, id) ?? 0) < 20,
  'did page.hit in last 36 hours': (facts, id, now) =>
    hits(facts, id).some((at) => isRecent(at, now)),
  'not did page.hit in last 36 hours': (facts, id, now) =>
    !hits(facts, id).some((at) => isRecent(at, now)),
  'count(page.hit) >= 2': (facts, id) => hits(facts, id).length >= 2,
  'tagged "a" and not tagged "b"': (facts, id) =>
    isTagged(facts, id, 'a') && !isTagged(facts, id, 'b'),
  'suppressed(email)': ({ said }, id) =>
    [...(said.get(id) ?? [])].some((one) => one.startsWith('email ')),
  'email is empty or city = "Rome"': ({ contacts }, id) => {
    const one = contacts.get(id);
    return one !== undefined && (one.email === null || one.city === 'Rome');
  },
  'in segment list or in segment hot': (facts, id) =>
    sinceWhen(facts, id, 'list') !== undefined || sinceWhen(facts, id, 'hot') !== undefined,
  'joined segment list in last 36 hours': (facts, id, now) => {
    const since = sinceWhen(facts, id, 'list');
    return since !== undefined && isRecent(since, now);
  },
  'not in segment leads': (facts, id) => sinceWhen(facts, id, 'leads') === undefined,
};

export const TEXTS = Object.keys(FILTERS);

/** The meanings by the form in which the store keeps the filters. */
export type Meanings = ReadonlyMap<string, Meaning>;

export async function meaningsIn(tx: ReadTx): Promise<Meanings> {
  const found = new Map<string, Meaning>();
  for (const [text, meaning] of Object.entries(FILTERS))
    found.set(encodeAst((await readStoreFilter(tx, text)).ast), meaning);
  return found;
}
