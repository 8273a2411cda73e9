import { getContact } from '../../contact/contact-refs.ts';
import type { Held } from '../../store/index.ts';
import type { StoreContext } from '../context.ts';
import { usage } from '../options/options.ts';
import type { RawResult } from '../output/result.ts';

/**
 * Everything that is held about one contact, as one JSON object: a key for each table, with its
 * rows. `UserError` (2): an unknown contact, another format than JSON.
 */
export async function exportHeld(context: StoreContext, reference: string): Promise<RawResult> {
  if (context.format !== 'json')
    throw usage('`--all` writes JSON alone', 'add --json, or leave out --contact and --all');
  const held = await context.store.read(async (tx) =>
    tx.contacts.held(await getContact(tx, reference)),
  );
  return { kind: 'raw', chunks: chunksOf(held) };
}

function* chunksOf(held: readonly Held[]): Iterable<string> {
  yield '{"schema":"rollcall/contacts.export.all/1"';
  for (const { table, rows } of held) {
    yield `,\n${JSON.stringify(table)}:[`;
    for (const [at, row] of rows.entries())
      yield `${at === 0 ? '\n' : ',\n'}${JSON.stringify(row)}`;
    yield '\n]';
  }
  yield '}\n';
}
