import type { ReadTx, TriggerRow } from '../../store/index.ts';
import { EXIT, UserError } from '../../support/errors.ts';
import { nearest } from '../../support/nearest.ts';
import { readTrigger, type Trigger } from './definition.ts';

/** The trigger of this name or id. `UserError` (2) with the nearest name as a hint. */
export async function getTriggerRow(tx: ReadTx, reference: string): Promise<TriggerRow> {
  const rows = await tx.triggers.list();
  const wanted = reference.toLowerCase();
  const found =
    rows.find(({ name }) => name.toLowerCase() === wanted) ??
    rows.find(({ id }) => String(id) === wanted);
  if (found !== undefined) return found;
  const [near] = nearest(
    reference,
    rows.map(({ name }) => name),
  );
  throw new UserError('UNKNOWN_TRIGGER', EXIT.usage, `unknown trigger ${reference}`, {
    hint:
      near === undefined ? '`rollcall triggers:list` shows all triggers' : `did you mean ${near}?`,
  });
}

/** The same with its definition. `UserError` also (1) when that cannot be read. */
export async function getTrigger(tx: ReadTx, reference: string): Promise<Trigger> {
  return readTrigger(await getTriggerRow(tx, reference));
}
