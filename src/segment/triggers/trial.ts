import { dryRun, type Store } from '../../store/index.ts';
import { getContact } from '../../contact/contact-refs.ts';
import { circleOf, orderTriggers } from './circles.ts';
import { readableTriggers } from './definition.ts';
import { fire } from './fire.ts';
import type { Firing } from './firing.ts';
import { getTrigger } from './lookup.ts';

/** The first contacts that a trigger would fire for. */
const SAMPLE = 10;

export interface Trial extends Firing {
  readonly published: boolean;
  readonly contactIds: readonly number[];
}

/**
 * What a trigger would do now, published or not, for all contacts or for one: what came by commands
 * it has fired for already. Changes nothing. `UserError`: unknown trigger or contact (2); it could
 * not fire (1).
 */
export async function tryTrigger(
  store: Store,
  reference: string,
  { contact, now }: { readonly contact?: string | undefined; readonly now: number },
): Promise<Trial> {
  return dryRun(store, true, async (tx) => {
    const trigger = await getTrigger(tx, reference);
    const onlyContact = contact === undefined ? undefined : await getContact(tx, contact);
    const segments = await tx.segments.list();
    const { circular } = orderTriggers(readableTriggers(await tx.triggers.list()), segments);
    const circle = circular.get(trigger);
    if (circle !== undefined) throw circleOf(trigger, circle);
    await tx.triggers.begin();
    const firing = await fire(tx, trigger, { now, segments, onlyContact });
    const contactIds = await tx.triggers.fired({ limit: SAMPLE });
    return { ...firing, published: trigger.published, contactIds };
  });
}
