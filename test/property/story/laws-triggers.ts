import { expect } from 'vitest';
import { type Facts, membersOf, placeOf } from './facts.ts';
import { isStanding, type Ledger, type Watch } from './ledger.ts';
import { ask, type Move } from './watches.ts';

/* Triggers fire once for each event or crossing, and never otherwise. */

/** Whom a trigger, as it is at that moment, is to fire for. */
interface Concerned {
  readonly watch: Watch;
  readonly concerned: ReadonlySet<number>;
}

/** The same before a deed, for what SQL wrote until then. */
export type Early = readonly Concerned[];

interface Asked {
  /** All moves since the beginning, and those of the step. */
  readonly moves: readonly Move[];
  readonly told: readonly Move[];
  readonly early: Early;
  readonly now: number;
}

function askAll({ watches }: Ledger, facts: Facts, moves: readonly Move[]): Concerned[] {
  const published = [...watches.values()].filter((watch) => watch.published);
  return published.map((watch) => ({ watch, concerned: ask(watch, facts, moves) }));
}

/** Asks the triggers of the ledger before a deed. Nobody has moved since they were asked last. */
export const askEarly = (facts: Facts, ledger: Ledger): Early => askAll(ledger, facts, []);

/** Asks the triggers of the ledger after a deed, as the store asked its own. */
export function expectFired(
  facts: Facts,
  ledger: Ledger,
  { moves, told, early, now }: Asked,
): void {
  const all = [...early, ...askAll(ledger, facts, moves)];
  const joins = told.filter(({ change, via }) => change === 'joined' && via === 'trigger');
  for (const { name, segmentId, contactId } of joins) {
    const isMeant = all.some(
      ({ watch, concerned }) => watch.name === name && concerned.has(contactId),
    );
    expect([name, segmentId, contactId, isMeant]).toEqual([name, segmentId, contactId, true]);
  }
  const removed = new Set(all.flatMap(({ watch }) => watch.remove));
  for (const one of all) expectAll(facts, ledger, one, { removed, told, now });
}

/** All of them are in, but for those whom somebody took out by hand, or the deed itself. */
function expectAll(
  facts: Facts,
  ledger: Ledger,
  { watch, concerned }: Concerned,
  { removed, told, now }: Pick<Asked, 'told' | 'now'> & { readonly removed: ReadonlySet<number> },
): void {
  for (const segmentId of watch.add) {
    if (removed.has(segmentId)) continue;
    const left = told.filter((one) => one.segmentId === segmentId && one.change === 'left');
    const hasLeft = new Set(left.map(({ contactId }) => contactId));
    const absent = [...concerned].filter((id) => {
      const known = ledger.decided.get(placeOf(segmentId, id));
      const isHeldOut = known?.kind === 'out' && isStanding(known, now);
      const isGone = !facts.contacts.has(id) || hasLeft.has(id);
      return !isHeldOut && !isGone && !membersOf(facts, segmentId).has(id);
    });
    expect([watch.name, segmentId, ...absent]).toEqual([watch.name, segmentId]);
  }
}

/** When no trigger is asked, none fires. */
export function expectNoneFired(told: readonly Move[]): void {
  expect(told.filter(({ via }) => via === 'trigger')).toEqual([]);
}
