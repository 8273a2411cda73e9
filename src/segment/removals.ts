import type { PinRow } from '../store/index.ts';
import { sourceOf } from './via.ts';

/** Through which channel somebody decides, when (epoch ms), and whether about many alike. */
interface Deciding {
  readonly via: string;
  readonly now: number;
  readonly isBulk?: boolean | undefined;
}

/** Whether the pin has ended: it no longer has any effect, and the next update deletes it. */
export function isOver({ until }: Pick<PinRow, 'until'>, now: number): boolean {
  return until !== null && until <= now;
}

/**
 * Whether a removal still keeps its contact out when it is added through this channel. It never
 * does when a person or the contact itself adds it, always when an import or anything else adds many
 * alike, and for an action unless the removal was an action's too.
 */
export function keepsOut(pin: PinRow, { via, now, isBulk = false }: Deciding): boolean {
  // rule: removal-over
  if (pin.kind !== 'out' || isOver(pin, now)) return false;
  // rule: removal-bulk
  switch (isBulk ? 'bulk' : sourceOf(via)) {
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
 * How a decision relates to a pin of the same kind that stands. `settled`: nothing changes, except
 * the end if the decision names another. `outranked`: the pin is an action's removal, and a removal
 * by hand or by the contact replaces it. `untouchable`: the pin is such a removal, and the decision
 * is only an action's.
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
