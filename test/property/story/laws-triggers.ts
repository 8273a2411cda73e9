import { expect } from 'vitest';
import { type Facts, membersOf, placeOf } from './facts.ts';
import { isStanding, type Ledger, type Watch } from './ledger.ts';
import { ask, type Move } from './watches.ts';

/* Triggers fire once for each event or crossing, and never otherwise. */

/**
 * Asks the triggers of the ledger as the store asked its own. `before` is the last cause that there
 * was before the step.
 */
export function expectFired(
  facts: Facts,
  ledger: Ledger,
  moves: readonly Move[],
  before: number,
  now: number,
): void {
  const published = [...ledger.watches.values()].filter((watch) => watch.published);
  const joins = moves.filter(
    ({ causeId, change, via }) => causeId > before && change === 'joined' && via === 'trigger',
  );
  for (const watch of published) {
    const concerned = ask(watch, facts, moves);
    const joined = joins.filter(({ name }) => name === watch.name);
    for (const { segmentId, contactId } of joined)
      expect([watch.name, segmentId, contactId, concerned.has(contactId)]).toEqual([
        ...[watch.name, segmentId, contactId, true],
      ]);
    expectAll(facts, ledger, watch, { concerned, published, now });
  }
  expect(joins.filter(({ name }) => !published.some((watch) => watch.name === name))).toEqual([]);
}

interface Asked {
  readonly concerned: ReadonlySet<number>;
  readonly published: readonly Watch[];
  readonly now: number;
}

/** All of them are in, but for those whom somebody took out by hand. */
function expectAll(
  facts: Facts,
  { decided }: Ledger,
  watch: Watch,
  { concerned, published, now }: Asked,
): void {
  for (const segmentId of watch.add) {
    if (published.some(({ remove }) => remove.includes(segmentId))) continue;
    const absent = [...concerned].filter((id) => {
      const known = decided.get(placeOf(segmentId, id));
      const isHeldOut = known?.kind === 'out' && isStanding(known, now);
      return !isHeldOut && !membersOf(facts, segmentId).has(id);
    });
    expect([watch.name, segmentId, ...absent]).toEqual([watch.name, segmentId]);
  }
}

/** When no trigger is asked, none fires. */
export function expectNoneFired(moves: readonly Move[], before: number): void {
  const fired = moves.filter(({ causeId, via }) => causeId > before && via === 'trigger');
  expect(fired).toEqual([]);
}
