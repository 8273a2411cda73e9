import { STANDARD_EVENT_TYPES } from '../../../contact/event-types.ts';
import { addEvent } from '../../../contact/events.ts';
import { slipOfType } from '../../../contact/odd-names.ts';
import { formatInstant } from '../../../support/instant.ts';
import { defineCommand } from '../../define-command.ts';
import { argument, value, values } from '../../options/options.ts';
import { assignment, text } from '../../options/values.ts';
import { contactArgument } from '../../options/contact-options.ts';

export default defineCommand({
  name: 'events:add',
  description:
    'Records something that a contact did. A type is words with points between them; ' +
    `${STANDARD_EVENT_TYPES.slice(0, -1).join(', ')} and purchase have a meaning everywhere.`,
  arguments: {
    contact: contactArgument,
    type: argument('type', 'what happened: page.hit, purchase, …', text),
  },
  options: {
    subject: value('--subject <text>', 'what it was about: an address, a name', text),
    value: value('--value <number>', 'an amount', text),
    at: value('--at <instant>', 'when: an instant, yesterday, 10 minutes ago; default now', text),
    property: values('--property <name=value>', 'more about it', assignment),
  },
  examples: [
    'rollcall events:add ann@example.org page.hit --subject /pricing --db crm.db',
    'rollcall events:add 12 purchase --value 49.90 --at 2026-03-01T10:00 --property sku=T-100 --db crm.db',
  ],
  exitCodes: [],
  store: 'open',
  result: 'message',
  run: async ({ store, now, instants }, { contact, type }, { property, ...request }) => {
    const [warnings, event] = await store.write(async (tx) => [
      await slipOfType(tx, type),
      await addEvent(tx, contact, { ...request, type, properties: property }, now),
    ]);
    const { id, contactId, occurredAt, type: recorded } = event;
    return {
      kind: 'message',
      text: `recorded ${recorded} of contact ${contactId} at ${(await instants())(occurredAt)}`,
      data: { id, contact_id: contactId, type: recorded, occurred_at: formatInstant(occurredAt) },
      warnings,
    };
  },
});
