import { expect } from 'vitest';
import { type Facts, membersOf, placeOf } from './facts.ts';
import { isStanding, type Ledger, type Watch } from './ledger.ts';
import { ask, type Move } from './watches.ts';

/* Triggers fire once for each event or crossing, and never otherwise. */

/** Whom triggers are to fire for before a deed, by name, for what SQL wrote until then. */
export type Early = ReadonlyMap<string, ReadonlySet<number>>;

interface Asked {
  /** All moves since the beginning, and those of the step. */
  readonly moves: readonly Move[];
  readonly told: readonly Move[];
  readonly early: Early;
  readonly now: number;
}

const publishedIn = ({ watches }: Ledger): Watch[] =>
  [...watches.values()].filter((watch) => watch.published);

/** Asks the triggers of the ledger before a deed. Nobody has moved since they were asked last. */
export function askEarly(facts: Facts, ledger: Ledger): Early {
  return new Map(publishedIn(ledger).map((watch) => [watch.name, ask(watch, facts, [])]));
}

/** Asks the triggers of the ledger after a deed, as the store asked its own. */
export function expectFired(facts: Facts, ledger: Ledger, asked: Asked): void {
  const published = publishedIn(ledger);
  const joins = asked.told.filter(({ change, via }) => change === 'joined' && via === 'trigger');
  for (const watch of published) {
    const late = ask(watch, facts, asked.moves);
    const concerned = new Set([...late, ...(asked.early.get(watch.name) ?? [])]);
    const joined = joins.filter(({ name }) => name === watch.name);
    for (const { segmentId, contactId } of joined)
      expect([watch.name, segmentId, contactId, concerned.has(contactId)]).toEqual([
        ...[watch.name, segmentId, contactId, true],
      ]);
    expectAll(facts, ledger, watch, { ...asked, concerned });
  }
  expect(joins.filter(({ name }) => !published.some((watch) => watch.name === name))).toEqual([]);
}

/** All of them are in, but for those whom somebody took out by hand, or the deed itself. */
function expectAll(
  facts: Facts,
  ledger: Ledger,
  watch: Watch,
  { concerned, told, now }: Asked & { readonly concerned: ReadonlySet<number> },
): void {
  for (const segmentId of watch.add) {
    if (publishedIn(ledger).some(({ remove }) => remove.includes(segmentId))) continue;
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
