import { type Lifting, unsuppressAddresses } from '../../../contact/consent.ts';
import { EXIT } from '../../../support/errors.ts';
import { counted } from '../../../support/text.ts';
import type { StoreContext } from '../../context.ts';
import { defineCommand } from '../../define-command.ts';
import { restArguments, values } from '../../options/options.ts';
import { UPDATE_AFTER_EXITS, updateAfterOption } from '../../options/update-after.ts';
import { text } from '../../options/values.ts';
import type { MessageResult } from '../../output/result.ts';
import { readReferences } from '../../routines/input.ts';
import { thenUpdate } from '../../routines/update-after.ts';

export default defineCommand({
  name: 'suppressions:delete',
  description:
    'Lifts what stands for e-mail addresses, after asking: in the channels and for the reasons ' +
    'named, else all of it. The contact who has the address can then be reached again too.',
  arguments: {
    addresses: restArguments(
      'address',
      'an e-mail address; - reads them from stdin, one a line',
      text,
      {
        atLeastOne: true,
      },
    ),
  },
  options: {
    channel: values('--channel <channel>', 'only this channel; default all', text),
    reason: values('--reason <reason>', 'only this reason; default all', text),
    ...updateAfterOption,
  },
  examples: ['rollcall suppressions:delete ann@example.org --reason bounced --yes --db crm.db'],
  exitCodes: [EXIT.refused, ...UPDATE_AFTER_EXITS],
  store: 'open',
  result: 'message',
  run: async (context, { addresses }, { channel, reason, update }) =>
    thenUpdate(context, { update }, async () =>
      lift(context, addresses, { channels: channel, reasons: reason }),
    ),
});

async function lift(
  context: StoreContext,
  given: readonly string[],
  which: Lifting,
): Promise<MessageResult> {
  const { references } = await readReferences(context, given);
  const addresses = references.map((reference) => reference.trim());
  const found = await context.store.read(async (tx) => tx.suppressions.among(addresses));
  const unknown = addresses.filter((address) => !found.includes(address));
  if (found.length > 0)
    await context.confirm(`lift what stands for ${counted(found.length, 'address', 'addresses')}?`);
  const lifted = await context.store.write(async (tx) => unsuppressAddresses(tx, found, which));
  return {
    kind: 'message',
    text: `${counted(lifted, 'suppression')} lifted from ${counted(found.length, 'address', 'addresses')}`,
    data: { addresses: found.length, lifted, unknown: unknown.length },
    warnings: unknown.map((address) => `nothing stands for ${address}`),
    exit: unknown.length > 0 ? EXIT.partial : EXIT.done,
  };
}
