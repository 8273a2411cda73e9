import type { WriteTx } from '../../store/index.ts';
import { EXIT } from '../../support/errors.ts';
import { counted } from '../../support/text.ts';
import type { StoreContext } from '../context.ts';
import { contactsOf, readReferences } from './input.ts';
import { usage } from '../options/options.ts';
import type { MessageResult } from '../output/result.ts';

interface TagChange {
  /** `added to`, `taken off` */
  readonly did: string;
  /** The key of the count in the data. */
  readonly key: 'added' | 'removed';
  readonly change: (
    tx: WriteTx,
    ids: readonly number[],
    tags: readonly string[],
  ) => Promise<number>;
}

/** Resolves the contacts and changes their tags, in one transaction. */
export async function changeTags(
  context: StoreContext,
  contacts: readonly string[],
  tags: readonly string[],
  { did, key, change }: TagChange,
): Promise<MessageResult> {
  if (tags.length === 0) throw usage('`--tag <tag>` is missing', 'name at least one: --tag vip');
  const references = await readReferences(context, contacts);
  return context.store.write(async (tx) => {
    const { ids, unknown, warnings } = await contactsOf(tx, references);
    const links = await change(tx, ids, tags);
    return {
      kind: 'message',
      text: `${counted(links, 'tag')} ${did} ${counted(ids.length, 'contact')}`,
      data: { contacts: ids.length, [key]: links, unknown },
      warnings,
      exit: unknown > 0 ? EXIT.partial : EXIT.done,
    };
  });
}
