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
  const asked = references.map((reference) => askedOf(field, reference.trim(), timezone));
  const values = asked.flatMap((one) => one.values);
  const found = await context.store.read(async (tx) => tx.suppressions.among(alias, values));
  const unknown = asked.filter((one) => !one.values.some((value) => found.includes(value)));
  const malformed = unknown.find(({ problem }) => problem !== undefined);
  if (malformed?.problem !== undefined) throw malformed.problem;
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
    warnings: unknown.map(({ text: one }) => `nothing stands for ${one}`),
    exit: unknown.length > 0 ? EXIT.partial : EXIT.done,
  };
}

interface Asked {
  readonly text: string;
  /** What it may mean: of values that are none of the field's, as SQL writes them, the text itself. */
  readonly values: readonly Value[];
  /** Why it is no value of the field. */
  readonly problem?: UserError;
}

/** An address is looked for as it stands. */
function askedOf(field: FieldRow, given: string, zone: string): Asked {
  if (field.alias === 'email') return { text: given, values: [given] };
  const key = keyOfField(field, given, zone);
  const literal = [given, ...(Number.isFinite(Number(given)) ? [Number(given)] : [])];
  if (key instanceof UserError) return { text: given, values: literal, problem: key };
  return { text: given, values: [...new Set([key.value, ...literal])] };
}
