import type { ReadTx, TriggerRow } from '../../store/index.ts';
import { readableTriggers, type Trigger } from './definition.ts';
import { getEvents, readsOfEvents, readsOfPoints } from './reads.ts';

/** How triggers are doing. */
export interface TriggersStatus {
  readonly published: number;
  readonly unpublished: number;
  /** Published ones that could not fire the last time, and why. */
  readonly failing: readonly { readonly name: string; readonly error: string }[];
  /**
   * Others about which more has come than they were asked about: how many contacts that changed, or
   * joined or left; null where that may be everybody.
   */
  readonly waiting: readonly { readonly name: string; readonly changes: number | null }[];
}

export async function triggersStatus(tx: ReadTx): Promise<TriggersStatus> {
  const rows = await tx.triggers.list();
  const published = rows.filter((row) => row.published);
  const waiting: { name: string; changes: number | null }[] = [];
  for (const trigger of readableTriggers(published.filter(({ error }) => error === null))) {
    const changes = await countWaiting(tx, trigger);
    if (changes !== 0) waiting.push({ name: trigger.name, changes });
  }
  return {
    published: published.length,
    unpublished: rows.length - published.length,
    failing: published.flatMap(failingOf),
    waiting,
  };
}

function failingOf({ name, error }: TriggerRow): TriggersStatus['failing'] {
  return error === null ? [] : [{ name, error }];
}

async function countWaiting(tx: ReadTx, trigger: Trigger): Promise<number | null> {
  const { seen, causeMark } = trigger;
  const { when } = trigger.does;
  if ('segment' in when)
    return tx.triggers.countMoves({
      ...{ segmentId: when.segment, after: causeMark },
      change: when.kind === 'joins' ? 'joined' : 'left',
    });
  if (seen === null) return null;
  const reads =
    when.kind === 'event' ? readsOfEvents(getEvents(when.filter)) : await readsOfPoints(tx);
  const [changes = 0] = await tx.changes.countRead(seen, [reads]);
  return changes;
}
