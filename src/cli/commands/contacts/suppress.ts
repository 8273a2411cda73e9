import { suppressAddresses, suppressContacts } from '../../../contact/consent.ts';
import { EXIT } from '../../../support/errors.ts';
import { defineCommand } from '../../define-command.ts';
import { usage, valueOr, values } from '../../options/options.ts';
import { choice, text } from '../../options/values.ts';
import { changeConsent } from '../../routines/consent-change.ts';
import { contactArguments } from '../../options/contact-options.ts';
import { UPDATE_AFTER_EXITS, updateAfterOption } from '../../options/update-after.ts';
import { thenUpdate } from '../../routines/update-after.ts';

export default defineCommand({
  name: 'contacts:suppress',
  description:
    'Notes that contacts must not be reached in a channel; filters see it as ' +
    'suppressed(channel, reason). ' +
    'A contact has one suppression a channel and reason: another reason stands beside those ' +
    'that are there, and each ' +
    'is lifted by itself. It holds for the address too, whoever gets it later; an address that no ' +
    'contact has can be named as well.',
  arguments: contactArguments,
  options: {
    channel: values('--channel <channel>', 'email, sms, or another word; one is required', text),
    reason: valueOr(
      '--reason <reason>',
      'unsubscribed, bounced or manual; default manual',
      choice(['unsubscribed', 'bounced', 'manual']),
      'manual',
    ),
    ...updateAfterOption,
  },
  examples: [
    'rollcall contacts:suppress ann@example.org --channel email --reason unsubscribed --db crm.db',
    'rollcall contacts:suppress - --channel email --reason bounced --db crm.db < bounces.txt',
  ],
  exitCodes: [EXIT.refused, ...UPDATE_AFTER_EXITS],
  store: 'open',
  result: 'message',
  run: async (context, { contacts }, { channel, reason, update }) => {
    if (channel.length === 0)
      throw usage(
        '`--channel <channel>` is missing',
        'name one: email, sms or another that you use',
      );
    return thenUpdate(context, { update }, async () =>
      changeConsent(context, contacts, {
        did: 'set on',
        key: 'suppressed',
        change: async (tx, ids) => suppressContacts(tx, ids, channel, reason, tx.now),
        changeAddresses: async (tx, addresses) =>
          suppressAddresses(tx, addresses, channel, reason, tx.now),
        known: async (_, addresses) => Promise.resolve(addresses),
        stores: true,
      }),
    );
  },
});
