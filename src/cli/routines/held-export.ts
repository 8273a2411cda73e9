import { heldBy } from '../../contact/held.ts';
import type { StoreContext } from '../context.ts';
import { usage } from '../options/options.ts';
import type { RawResult } from '../output/result.ts';
import { infiniteAsText } from '../output/json-text.ts';
import { visibleJson } from '../output/visible.ts';

/**
 * Everything that is held about one contact, as a JSON document to be handed to its person.
 * `UserError` (2): an unknown contact, another format than JSON.
 */
export async function exportHeld(context: StoreContext, reference: string): Promise<RawResult> {
  if (context.format !== 'json')
    throw usage('`--all` writes JSON alone', 'add --json, or leave out --contact and --all');
  const { sections, bookkeeping } = await context.store.read(async (tx) => heldBy(tx, reference));
  const document = { schema: 'rollcall/contacts.export.all/1', data: { ...sections, bookkeeping } };
  const lines = JSON.stringify(document, infiniteAsText, 2).split('\n');
  return { kind: 'raw', chunks: [`${lines.map(visibleJson).join('\n')}\n`] };
}
