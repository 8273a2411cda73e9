import type { Fired } from '../../store/index.ts';
import { addById } from '../../support/add-by-id.ts';

/** What became of the contacts that a trigger fired for in a segment, as in a `MemberChange`. */
export interface Acts {
  readonly joined: number;
  readonly left: number;
  readonly pinned: number;
  readonly heldOut: number;
  readonly unchanged: number;
}

export interface Acted extends Acts {
  readonly segmentId: number;
  readonly alias: string;
  readonly verb: 'add' | 'remove';
}

/** What came of asking a trigger; `error` says why it could not be asked. */
export interface Firing extends Fired {
  readonly id: number;
  readonly name: string;
  readonly acted: readonly Acted[];
  readonly error: { readonly code: string; readonly message: string } | null;
}

/** What came of asking the same triggers twice, as one. */
export function addFirings(before: readonly Firing[], after: readonly Firing[]): Firing[] {
  return addById(before, after, ({ id }) => id, addFiring);
}

function addFiring(one: Firing, other: Firing): Firing {
  return {
    ...other,
    contacts: one.contacts + other.contacts,
    events: one.events === null ? other.events : one.events + (other.events ?? 0),
    acted: addById(one.acted, other.acted, ({ segmentId }) => segmentId, addActed),
  };
}

function addActed(one: Acted, other: Acted): Acted {
  return { ...other, ...addActs(one, other) };
}

export const NO_ACTS: Acts = { joined: 0, left: 0, pinned: 0, heldOut: 0, unchanged: 0 };

export function addActs(one: Acts, other: Acts): Acts {
  return {
    joined: one.joined + other.joined,
    left: one.left + other.left,
    pinned: one.pinned + other.pinned,
    heldOut: one.heldOut + other.heldOut,
    unchanged: one.unchanged + other.unchanged,
  };
}

/** The segments that somebody joined or left by these. */
export function changedBy(firings: readonly Firing[]): number[] {
  const changed = firings.flatMap(({ acted }) =>
    acted.filter(({ joined, left }) => joined + left > 0),
  );
  return [...new Set(changed.map(({ segmentId }) => segmentId))];
}
