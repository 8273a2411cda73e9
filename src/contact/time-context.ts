import type { TimeContext } from '../filter/index.ts';
import type { ReadTx } from '../store/index.ts';

/**
 * The clock of a command (epoch ms) with the calendar of the store: never the process's own zone.
 */
export async function timeContext(tx: ReadTx, now: number): Promise<TimeContext> {
  const { timezone, weekStart } = await tx.settings.get();
  return { now, zone: timezone, weekStart };
}
