import { getSegment } from '../../../segment/lookup.ts';
import { EXIT } from '../../../support/errors.ts';
import { defineCommand } from '../../define-command.ts';
import { contactsOf } from '../../input.ts';
import { argument } from '../../options.ts';
import { text } from '../../values.ts';

export default defineCommand({
  name: 'segments:has',
  description: 'Says by its exit code whether a contact is a member: 0 when it is, 1 when not.',
  arguments: { segment: argument('segment', 'an alias or id', text), contact: argument('contact', 'an id, an e-mail address, or FIELD=VALUE of a unique field', text) },
  options: {},
  examples: ['rollcall segments:has hot ann@example.org -q --db crm.db && echo "Ann is hot"'],
  exitCodes: [EXIT.refused],
  store: 'open',
  result: 'message',
  run: async ({ store }, { segment: reference, contact }) => {
    const { alias, id, member } = await store.read(async (tx) => {
      const segment = await getSegment(tx, reference);
      const { ids } = await contactsOf(tx, { references: [contact], fromStdin: false });
      const [found = 0] = ids;
      return { alias: segment.alias, id: found, member: await tx.members.has(segment.id, found) };
    });
    return { kind: 'message', text: member ? `${contact} is in ${alias}` : `${contact} is not in ${alias}`, data: { segment: alias, contact_id: id, member }, exit: member ? EXIT.done : EXIT.refused };
  },
});
