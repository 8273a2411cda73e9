import { expect } from 'vitest';
import type { Store } from '../../../src/store/index.ts';
import type { Facts } from './facts.ts';
import type { Ledger, Observed } from './ledger.ts';

/* Asked about an instant of before, a store tells who was a member then. */

/**
 * Notes who is a member; what was noted of this instant or of later ones holds no longer. Of a time
 * to which the clock was turned back nothing can be noted: who is in joined later than that.
 */
export function observe(ledger: Ledger, facts: Facts, at: number): void {
  ledger.latest = Math.max(ledger.latest, at);
  ledger.observed = ledger.observed.filter((one) => one.at < at);
  if (at < ledger.latest) return;
  const members = new Map(
    [...facts.segments.keys()].map((id) => [id, new Set(facts.members.get(id)?.keys())]),
  );
  ledger.observed.push({ at, members });
}

/** Of segments that are there, as far as it is kept. */
export async function expectAsOf(
  store: Store,
  facts: Facts,
  { at, members }: Observed,
): Promise<void> {
  await store.read(async (tx) => {
    if (at < (await tx.history.keptFrom())) return;
    for (const { id, alias } of facts.segments.values()) {
      const rows = await tx.members.list(id, { asOf: at });
      const isSettled = (contact: number): boolean => !isGhost(facts, id, contact);
      const told = rows.map(({ contactId }) => contactId).filter(isSettled);
      const then = [...(members.get(id) ?? [])].filter(isSettled).sort((a, b) => a - b);
      expect([alias, at, ...told]).toEqual([alias, at, ...then]);
    }
  });
}

/** Whose membership SQL left behind, of which no update has heard yet. */
const isGhost = (facts: Facts, segment: number, contact: number): boolean =>
  !facts.contacts.has(contact) && facts.members.get(segment)?.has(contact) === true;
