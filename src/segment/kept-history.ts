import { zoneInstants } from '../contact/time-context.ts';
import type { ReadTx } from '../store/index.ts';
import { EXIT, UserError } from '../support/errors.ts';

/** From when on (epoch ms) all joins and leaves are kept: from ever where none was forgotten. */
export async function keptSince(tx: ReadTx): Promise<number> {
  const keptFrom = await tx.history.keptFrom();
  return keptFrom === 0 ? Number.NEGATIVE_INFINITY : keptFrom;
}

/**
 * Refuses what asks for a time of which not all joins and leaves are kept any more. `UserError`
 * HISTORY_FORGOTTEN (1).
 */
export async function requireKept(tx: ReadTx, at: number): Promise<void> {
  const keptFrom = await keptSince(tx);
  if (at >= keptFrom) return;
  const write = await zoneInstants(tx);
  throw new UserError(
    'HISTORY_FORGOTTEN',
    EXIT.refused,
    `who joined and left is kept from ${write(keptFrom)} on, and this asks for ${write(at)}`,
    { hint: 'ask for a later time; `rollcall settings:get keep-history` says for how many days' },
  );
}
