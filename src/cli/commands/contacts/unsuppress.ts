import { unsuppressContacts } from '../../../contact/consent.ts';
import { EXIT } from '../../../support/errors.ts';
import { defineCommand } from '../../define-command.ts';
import { values } from '../../options.ts';
import { text } from '../../values.ts';
import { changeConsent } from './consent-change.ts';
import { contactArguments } from './contact-options.ts';

export default defineCommand({
  name: 'contacts:unsuppress',
  description: 'Lifts the suppressions of contacts, whatever their reason: in the channels named, or in all. A contact that has none stays as it is.',
  arguments: contactArguments,
  options: { channel: values('--channel <channel>', 'only this channel; default all', text) },
  examples: ['rollcall contacts:unsuppress ann@example.org --channel email --db crm.db', 'rollcall contacts:unsuppress 12 --db crm.db'],
  exitCodes: [EXIT.partial],
  store: 'open',
  result: 'message',
  run: async (context, { contacts }, { channel }) =>
    changeConsent(context, contacts, { did: 'lifted from', key: 'lifted', change: async (tx, ids) => unsuppressContacts(tx, ids, channel) }),
});
