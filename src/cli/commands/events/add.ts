import { STANDARD_EVENT_TYPES } from '../../../contact/event-types.ts';
import { addEvent, type EventRequest } from '../../../contact/events.ts';
import { slipOfType } from '../../../contact/odd-names.ts';
import { formatInstant } from '../../../support/instant.ts';
import type { StoreContext } from '../../context.ts';
import { defineCommand } from '../../define-command.ts';
import { argument, value, values } from '../../options/options.ts';
import { assignment, text } from '../../options/values.ts';
import { contactArgument } from '../../options/contact-options.ts';
import { UPDATE_AFTER_EXITS, updateAfterOption } from '../../options/update-after.ts';
import type { MessageResult } from '../../output/result.ts';
import { changeAndTell } from '../../routines/data-change.ts';
import { thenUpdate } from '../../routines/update-after.ts';

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
    ...updateAfterOption,
  },
  examples: [
    'rollcall events:add ann@example.org page.hit --subject /pricing --db crm.db',
    'rollcall events:add 12 purchase --value 49.90 --at 2026-03-01T10:00 --property sku=T-100 --db crm.db',
  ],
  exitCodes: UPDATE_AFTER_EXITS,
  store: 'open',
  result: 'message',
  run: async (context, { contact, type }, { update, property, ...request }) =>
    thenUpdate(context, { update }, async () =>
      record(context, contact, { ...request, type, properties: property }),
    ),
});

async function record(
  context: StoreContext,
  contact: string,
  request: EventRequest,
): Promise<MessageResult> {
  const instant = await context.instants();
  return changeAndTell(context, async (tx) => {
    const warnings = await slipOfType(tx, request.type);
    const added = await addEvent(tx, contact, request, tx.now);
    const { id, contactId, occurredAt, type } = added;
    return {
      kind: 'message',
      text: `recorded ${type} of contact ${contactId} at ${instant(occurredAt)}`,
      data: { id, contact_id: contactId, type, occurred_at: formatInstant(occurredAt) },
      warnings: [...warnings, ...stillToCome(occurredAt, tx.now)],
    };
  });
}

/** A slip more often than not: such an event is no activity of the contact. */
function stillToCome(occurredAt: number, now: number): string[] {
  return occurredAt <= now ? [] : ['that is still to come: it is recorded, but is no activity'];
}
