import { type Lifting, unsuppressValues } from '../../../contact/consent.ts';
import { keyOfField } from '../../../contact/contact-refs.ts';
import type { FieldRow, Value } from '../../../store/index.ts';
import { EXIT, UserError } from '../../../support/errors.ts';
import { counted } from '../../../support/text.ts';
import type { StoreContext } from '../../context.ts';
import { defineCommand } from '../../define-command.ts';
import { restArguments, values } from '../../options/options.ts';
import { UPDATE_AFTER_EXITS, updateAfterOption } from '../../options/update-after.ts';
import { text } from '../../options/values.ts';
import { readWishKey, wishKeyOption } from '../../options/wish-key.ts';
import type { MessageResult } from '../../output/result.ts';
import { readReferences } from '../../routines/input.ts';
import { thenUpdate } from '../../routines/update-after.ts';
import { inShort } from '../../views/in-short.ts';

export default defineCommand({
  name: 'suppressions:delete',
  description:
    'Lifts what stands for e-mail addresses, after asking: in the channels and for the reasons ' +
    'named, else all of it. The contact who has the address can then be reached again too. With ' +
    '--key for values of another unique field.',
  arguments: {
    addresses: restArguments(
      'address',
      'an e-mail address, or a value of --key; - reads them from stdin, one a line',
      text,
      {
        atLeastOne: true,
      },
    ),
  },
  options: {
    ...wishKeyOption,
    channel: values('--channel <channel>', 'only this channel; default all', text),
    reason: values('--reason <reason>', 'only this reason; default all', text),
    ...updateAfterOption,
  },
  examples: ['rollcall suppressions:delete ann@example.org --reason bounced --yes --db crm.db'],
  exitCodes: [EXIT.refused, ...UPDATE_AFTER_EXITS],
  store: 'open',
  result: 'message',
  run: async (context, { addresses }, { key, channel, reason, update }) => {
    const field = await readWishKey(context.store, key);
    return thenUpdate(context, { update }, async () =>
      lift(context, field, addresses, { channels: channel, reasons: reason }),
    );
  },
});

async function lift(
  context: StoreContext,
  field: FieldRow,
  given: readonly string[],
  which: Lifting,
): Promise<MessageResult> {
  const { alias } = field;
  const { references } = await readReferences(context, given);
  const { timezone } = await context.store.read(async (tx) => tx.settings.get());
  const values = references.map((reference) => valueIn(field, reference.trim(), timezone));
  const found = await context.store.read(async (tx) => tx.suppressions.among(alias, values));
  const unknown = values.filter((value) => !found.includes(value));
  const told =
    alias === 'email'
      ? counted(found.length, 'address', 'addresses')
      : counted(found.length, `value of ${alias}`, `values of ${alias}`);
  if (found.length > 0)
    await context.confirm(
      `lift what stands for ${told} (${inShort(found.map(String), found.length)})?`,
    );
  const lifted = await context.store.write(async (tx) => unsuppressValues(tx, alias, found, which));
  return {
    kind: 'message',
    text: `${counted(lifted, 'suppression')} lifted from ${told}`,
    data: {
      [alias === 'email' ? 'addresses' : 'values']: found.length,
      lifted,
      unknown: unknown.length,
    },
    warnings: unknown.map((value) => `nothing stands for ${String(value)}`),
    exit: unknown.length > 0 ? EXIT.partial : EXIT.done,
  };
}

/** `UserError` (2): a text that is no value of the field; an address is looked for as it stands. */
function valueIn(field: FieldRow, text: string, zone: string): Value {
  if (field.alias === 'email') return text;
  const key = keyOfField(field, text, zone);
  if (key instanceof UserError) throw key;
  return key.value;
}
