import type { TimeContext } from '../filter/index.ts';
import type { ReadTx } from '../store/index.ts';
import { type WriteInstant, instantWriter } from '../support/local-instant.ts';

/**
 * The clock of a command (epoch ms) with the store's zone and week start; the zone of the process
 * is never used.
 */
export async function timeContext(tx: ReadTx, now: number): Promise<TimeContext> {
  const { timezone, weekStart } = await tx.settings.get();
  return { now, zone: timezone, weekStart };
}

/** How messages write instants: in the zone of the store, as tables do. */
export async function zoneInstants(tx: ReadTx): Promise<WriteInstant> {
  return instantWriter((await tx.settings.get()).timezone);
}
