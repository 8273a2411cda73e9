import type { ReadTx } from '../store/index.ts';
import { EXIT, UserError } from '../support/errors.ts';
import { instantWriter } from '../support/local-instant.ts';

/**
 * Refuses what asks for a time of which not all joins and leaves are kept any more. `UserError`
 * HISTORY_FORGOTTEN (1).
 */
export async function requireKept(tx: ReadTx, at: number): Promise<void> {
  const keptFrom = await tx.history.keptFrom();
  if (at >= keptFrom) return;
  const { timezone } = await tx.settings.get();
  const write = await instantWriter(timezone);
  throw new UserError(
    'HISTORY_FORGOTTEN',
    EXIT.refused,
    `who joined and left is kept from ${write(keptFrom)} on, and this asks for ${write(at)}`,
    { hint: 'ask for a later time; `rollcall settings:get keep-history` says for how many days' },
  );
}
