import { wishField } from '../../csv/key.ts';
import type { FieldRow, Store } from '../../store/index.ts';
import { value } from './options.ts';
import { text } from './values.ts';

/** Of which unique field the values are. */
export const wishKeyOption = {
  key: value(
    '--key <field>',
    'of values of this unique field of contacts, such as a customer number; default e-mail ' +
      'addresses',
    text,
  ),
} as const;

/** The field that is meant. `UserError` (2) as `wishField`. */
export async function readWishKey(store: Store, key: string | undefined): Promise<FieldRow> {
  return wishField(await store.read(async (tx) => tx.fields.list()), key);
}
