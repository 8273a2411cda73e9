import type { PinRow } from '../store/index.ts';
import { sourceOf } from './via.ts';

/** Through what somebody decides, and when: epoch ms. */
interface Deciding {
  readonly via: string;
  readonly now: number;
}

/**
 * Whether the pin's time is over: the next update takes it away, and it holds against nobody any
 * more.
 */
export function isOver({ until }: Pick<PinRow, 'until'>, now: number): boolean {
  return until !== null && until <= now;
}

/**
 * Whether a removal that stands keeps its contact out against who adds it: by hand and the contact
 * itself never, an import always, an action where the removal was not an action's.
 */
export function keepsOut(pin: PinRow, { via, now }: Deciding): boolean {
  // rule: removal-over
  if (pin.kind !== 'out' || isOver(pin, now)) return false;
  switch (sourceOf(via)) {
    // rule: removal-hand
    case 'hand':
      return false;
    case 'action':
      // rule: removal-action, removal-own
      return sourceOf(pin.via) !== 'action';
    // rule: removal-import
    case 'bulk':
      return true;
  }
}

/**
 * What a decision finds of the same kind: `settled` changes nothing, but for the end where it names
 * another; `outranked` is no more than an action's removal, to which one by hand or by the contact
 * is news; `untouchable` is such a one, and the decision an action's.
 */
export type Standing = 'none' | 'outranked' | 'settled' | 'untouchable';

export function standingFor(
  pin: PinRow | undefined,
  kind: PinRow['kind'],
  { via, now }: Deciding,
): Standing {
  if (pin === undefined || pin.kind !== kind || isOver(pin, now)) return 'none';
  const [deciding, standing] = [sourceOf(via) === 'action', sourceOf(pin.via) === 'action'];
  if (kind === 'in' || deciding === standing) return 'settled';
  // rule: removal-outranks, removal-untouchable
  return standing ? 'outranked' : 'untouchable';
}
