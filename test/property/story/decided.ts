import { type Facts, type Pin, placeOf } from './facts.ts';
import { type Decided, isStanding } from './ledger.ts';
import type { Scene } from './story.ts';

/*
 * The rules of docs/segments.md on decisions by hand, for the ledger: what is decided holds until
 * somebody decides otherwise by hand, or it ends.
 */

export type Source = 'hand' | 'action' | 'bulk';

const HANDS = ['manual', 'preference-center'];
export const isByHand = ({ via }: Pick<Pin, 'via'>): boolean => HANDS.includes(via);

export interface Deciding {
  readonly segmentId: number;
  readonly contacts: readonly number[];
  readonly source: Source;
  /** Undefined where nothing was said of an end. */
  readonly until?: number | null | undefined;
  readonly overrides?: boolean | undefined;
}

function standingPin({ facts, now }: Scene, place: string): Pin | undefined {
  const pin = facts.pins.get(place);
  return pin !== undefined && isStanding(pin, now) ? pin : undefined;
}

/** Somebody puts them in. */
export function decideIn(scene: Scene, deciding: Deciding): void {
  const isDynamic = scene.facts.segments.get(deciding.segmentId)?.kind === 'dynamic';
  for (const contact of deciding.contacts) putIn(scene, deciding, contact, isDynamic);
}

function putIn(scene: Scene, deciding: Deciding, contact: number, isDynamic: boolean): void {
  const { decided } = scene.ledger;
  const place = placeOf(deciding.segmentId, contact);
  const known = decided.get(place);
  if (isHeldOut(scene, known, deciding)) return;
  const { source, until } = deciding;
  if (!isDynamic || standingPin(scene, place)?.kind !== 'in') {
    decided.delete(place);
    if (isDynamic && source === 'hand') decided.set(place, { kind: 'in', until: until ?? null });
  } else if (known !== undefined && until !== undefined) decided.set(place, { ...known, until });
}

function isHeldOut(
  { now }: Scene,
  known: Decided | undefined,
  { source, overrides = false }: Deciding,
): boolean {
  return source !== 'hand' && !overrides && isOutNow(known, now);
}

const isOutNow = (known: Decided | undefined, now: number): known is Decided =>
  known?.kind === 'out' && isStanding(known, now);

/** Somebody takes them out, one by one. */
export function decideOut(scene: Scene, { segmentId, contacts, source, until }: Deciding): void {
  for (const contact of contacts) {
    const place = placeOf(segmentId, contact);
    const known = scene.ledger.decided.get(place);
    if (source === 'hand') {
      const end = isOutNow(known, scene.now) && until === undefined ? known.until : (until ?? null);
      scene.ledger.decided.set(place, { kind: 'out', until: end });
    } else if (!isOutNow(known, scene.now)) scene.ledger.decided.delete(place);
  }
}

/** Where any of them is out by hand, so is who stays, for as long as the longest of these. */
export function mergeDecided(
  { ledger: { decided }, facts, now }: Scene,
  winner: number,
  losers: readonly number[],
): void {
  const segments = new Set([...facts.pins.keys()].map((place) => Number(place.split(' ')[0])));
  for (const segmentId of segments) {
    const places = [winner, ...losers].map((id) => placeOf(segmentId, id));
    const standing = places.flatMap((place) => standingIn(decided.get(place), now));
    const outs = standing.filter(({ kind }) => kind === 'out');
    const isActedOut = places.some((place) => isOut(facts, place, now));
    for (const place of places) decided.delete(place);
    const wins = longest(outs.length > 0 || isActedOut ? outs : standing);
    if (wins !== undefined && isSure(facts, places, wins)) decided.set(places[0]!, wins);
  }
}

const standingIn = (one: Decided | undefined, now: number): Decided[] =>
  one !== undefined && isStanding(one, now) ? [one] : [];

function isOut({ pins }: Facts, place: string, now: number): boolean {
  const pin = pins.get(place);
  return pin?.kind === 'out' && isStanding(pin, now);
}

/** Of those who are in, somebody else may have put one in for longer. */
function isSure({ pins }: Facts, places: readonly string[], { kind }: Decided): boolean {
  return kind === 'out' || places.every((place) => byHandOrNot(pins.get(place)));
}

const byHandOrNot = (pin: Pin | undefined): boolean => pin === undefined || isByHand(pin);

function longest(all: readonly Decided[]): Decided | undefined {
  const end = ({ until }: Decided): number => until ?? Number.POSITIVE_INFINITY;
  return [...all].sort((a, b) => end(b) - end(a))[0];
}
