import { expectChannel } from '../../../contact/channels.ts';
import { unsuppressContacts, unsuppressValues } from '../../../contact/consent.ts';
import { EXIT } from '../../../support/errors.ts';
import { defineCommand } from '../../define-command.ts';
import { values } from '../../options/options.ts';
import { text } from '../../options/values.ts';
import { changeConsent } from '../../routines/consent-change.ts';
import { contactArguments } from '../../options/contact-options.ts';
import { UPDATE_AFTER_EXITS, updateAfterOption } from '../../options/update-after.ts';
import { thenUpdate } from '../../routines/update-after.ts';

export default defineCommand({
  name: 'contacts:unsuppress',
  description:
    'Lifts suppressions of contacts: those for the reasons named, in the channels named. What ' +
    'stands for another ' +
    'reason stays: lifting an unsubscription leaves the bounce. ' +
    'Without --reason all of them are lifted, after asking. A contact that has none stays as ' +
    'it is.',
  arguments: contactArguments,
  options: {
    channel: values('--channel <channel>', 'only this channel; default all', text),
    reason: values(
      '--reason <reason>',
      'only this reason: unsubscribed, bounced, manual, or a word that SQL wrote; default all',
      text,
    ),
    ...updateAfterOption,
  },
  examples: [
    'rollcall contacts:unsuppress ann@example.org --channel email --reason unsubscribed --db crm.db',
    'rollcall contacts:unsuppress 12 --yes --db crm.db',
  ],
  exitCodes: [EXIT.refused, ...UPDATE_AFTER_EXITS],
  store: 'open',
  result: 'message',
  run: async (context, { contacts }, { channel, reason, update }) =>
    thenUpdate(context, { update }, async () =>
      changeConsent(context, contacts, {
        did: 'lifted from',
        key: 'lifted',
        change: async (tx, ids) =>
          unsuppressContacts(tx, ids, { channels: channel, reasons: reason }),
        changeAddresses: async (tx, addresses) =>
          unsuppressValues(tx, 'email', addresses, { channels: channel, reasons: reason }),
        known: async (tx, addresses) =>
          (await tx.suppressions.among('email', addresses)).map(String),
        stores: false,
        ...(reason.length === 0 ? { question: (who) => questionOf(who, channel) } : {}),
      }),
    ),
});

function questionOf(who: string, channels: readonly string[]): string {
  const where =
    channels.length === 0 ? 'in all channels' : `in ${channels.map(expectChannel).join(', ')}`;
  return `lift the suppressions of ${who} ${where}, whatever their reason?`;
}
