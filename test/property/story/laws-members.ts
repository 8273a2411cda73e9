import { expect } from 'vitest';
import { verifySegments } from '../../../src/segment/update/verify.ts';
import { isByHand } from './decided.ts';
import { type Facts, inTables, membersOf, placeOf, type Segment } from './facts.ts';
import { isStanding } from './ledger.ts';
import type { Ledger } from './ledger.ts';
import type { Meanings } from './filters.ts';
import type { Store } from '../../../src/store/index.ts';

/* Who is a member: what the filter and the decisions say, and nothing else. */

/** Of published dynamic segments, after an update. */
export function expectRebuilt(facts: Facts, meanings: Meanings, now: number): void {
  for (const segment of facts.segments.values())
    if (segment.kind === 'dynamic' && segment.published === 1)
      expect([segment.alias, ...idsOf(facts, segment)]).toEqual([
        segment.alias,
        ...[...facts.contacts.keys()].filter((id) => belongs(facts, meanings, segment, id, now)),
      ]);
}

const idsOf = (facts: Facts, { id }: Segment): number[] =>
  [...membersOf(facts, id).keys()].sort((a, b) => a - b);

function belongs(
  facts: Facts,
  meanings: Meanings,
  { id, filter }: Segment,
  contactId: number,
  now: number,
): boolean {
  const pin = facts.pins.get(placeOf(id, contactId));
  if (pin !== undefined && isStanding(pin, now)) return pin.kind === 'in';
  const meaning = meanings.get(filter ?? '');
  if (meaning === undefined) throw new Error(`the story has no filter ${filter}`);
  return meaning(facts, contactId, now);
}

/** What somebody decided by hand stands, and nobody is out by hand of whom that is not known. */
export function expectDecided(facts: Facts, { decided }: Ledger, now: number): void {
  for (const [place, one] of decided) {
    if (!isStanding(one, now) || !isHere(facts, place)) continue;
    const pin = facts.pins.get(place);
    expect([place, pin?.kind, pin?.until]).toEqual([place, one.kind, one.until]);
    if (one.kind === 'out') expect([place, isMember(facts, place)]).toEqual([place, false]);
  }
  const out = [...facts.pins].filter(
    ([place, pin]) =>
      pin.kind === 'out' && isByHand(pin) && isHere(facts, place) && isStanding(pin, now),
  );
  for (const [place] of out) expect([place, decided.get(place)?.kind]).toEqual([place, 'out']);
}

function isHere({ segments, contacts }: Facts, place: string): boolean {
  const [segment = 0, contact = 0] = place.split(' ').map(Number);
  return segments.has(segment) && contacts.has(contact);
}

function isMember(facts: Facts, place: string): boolean {
  const [segment = 0, contact = 0] = place.split(' ').map(Number);
  return membersOf(facts, segment).has(contact);
}

/** Causes that do not count what points to them, and memberships that stand by them. */
const MISCOUNTED = `
  with pointers (id, is_open) as (
    select cause_id, 1 from joined
    union all select cause_id, 0 from pins
    union all select joined_cause, 0 from joined_history
    union all select left_cause, 0 from joined_history
    union all select cause_id, 0 from deleted_joined
    union all select cause_id, 0 from deleted_pins
    union all select joined_cause, 0 from deleted_history
    union all select left_cause, 0 from deleted_history
  )
  select causes.id, via, uses, open, count(pointers.id) as pointers, total(is_open) as opened
  from causes
  left join pointers on pointers.id = causes.id
  group by causes.id
  having uses <> pointers or open <> opened`;

/** Every join and leave has a cause, and no interval ends before it begins. */
export function expectCaused(path: string): void {
  const broken = inTables(path, (db) => ({
    joined: db
      .prepare(
        `select joined.segment_id, contact_id
          from joined
          left join causes on causes.id = cause_id and causes.segment_id = joined.segment_id
          where causes.id is null or trim(causes.via) = ''`,
      )
      .all(),
    past: db
      .prepare(
        `select past.id
          from joined_history as past
          left join causes as began on began.id = joined_cause
          left join causes as ended on ended.id = left_cause
          where began.segment_id is not past.segment_id or ended.segment_id is not past.segment_id`,
      )
      .all(),
    turned: db.prepare('select * from membership_history where left_at < joined_at').all(),
    counted: db.prepare(MISCOUNTED).all(),
  }));
  expect(broken).toEqual({ joined: [], past: [], turned: [], counted: [] });
}

/** A full build finds nothing to change, and all counters hold. */
export async function expectVerified(store: Store, now: number): Promise<void> {
  const { segments } = await verifySegments(store, { segments: [], now });
  const wrong = segments.filter(
    ({ missing, extra, counters, causes }) =>
      missing.length + extra.length + counters.length + causes > 0,
  );
  expect(wrong).toEqual([]);
}
