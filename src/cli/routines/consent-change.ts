import type { ConsentResult } from '../../contact/consent.ts';
import type { WriteTx } from '../../store/index.ts';
import { EXIT } from '../../support/errors.ts';
import { counted } from '../../support/text.ts';
import type { StoreContext } from '../context.ts';
import { contactsOf, readReferences } from './input.ts';
import type { MessageResult } from '../output/result.ts';

interface ConsentChange {
  /** `set on`, `lifted from` */
  readonly did: string;
  /** The key of the count in the data. */
  readonly key: 'suppressed' | 'lifted';
  readonly change: (tx: WriteTx, ids: readonly number[]) => Promise<ConsentResult>;
  /** Asked before anything is changed, of how many contacts. */
  readonly question?: (contacts: number) => string;
}

/** Resolves the contacts and changes where they may be reached, in one transaction. */
export async function changeConsent(
  context: StoreContext,
  contacts: readonly string[],
  { did, key, change, question }: ConsentChange,
): Promise<MessageResult> {
  const references = await readReferences(context, contacts);
  if (question !== undefined) {
    const { ids } = await context.store.read(async (tx) => contactsOf(tx, references));
    if (ids.length > 0) await context.confirm(question(ids.length));
  }
  return context.store.write(async (tx) => {
    const { ids, unknown, warnings } = await contactsOf(tx, references);
    const result = await change(tx, ids);
    return {
      kind: 'message',
      text: `${counted(result.changed, 'suppression')} ${did} ${counted(ids.length, 'contact')}`,
      data: { contacts: ids.length, [key]: result.changed, unknown },
      warnings: [...warnings, ...result.warnings],
      exit: unknown > 0 ? EXIT.partial : EXIT.done,
    };
  });
}
