import { getContact, matchContacts } from '../../../../contact/contact-refs.ts';
import { getSegment } from '../../../../segment/lookup.ts';
import type { ReadTx } from '../../../../store/index.ts';
import { EXIT, type ExitCode } from '../../../../support/errors.ts';
import { counted } from '../../../../support/text.ts';
import { defineCommand } from '../../../define-command.ts';
import { readReferences } from '../../../routines/input.ts';
import { argument } from '../../../options/options.ts';
import { type Column, type MessageResult, rows, type RowsResult } from '../../../output/result.ts';
import { text } from '../../../options/values.ts';

/** What is known of a contact as it was named; null where no contact answers to the name. */
interface Asked {
  readonly contact: string;
  readonly contactId: number | null;
  readonly member: boolean | null;
}

const COLUMNS: readonly Column<Asked>[] = [
  { key: 'contact', of: ({ contact }) => contact },
  { key: 'contact_id', kind: 'number', header: 'id', of: ({ contactId }) => contactId },
  { key: 'member', kind: 'boolean', of: ({ member }) => member },
];

export default defineCommand({
  name: 'segments:has',
  description:
    'Says by its exit code whether a contact is a member: 0 when it is, 1 when not. With - a ' +
    'row for each line of stdin: 0 when all are, 1 when some are not, 3 when some are unknown.',
  arguments: {
    segment: argument('segment', 'an alias or id', text),
    contact: argument(
      'contact',
      'an id, an e-mail address, or FIELD=VALUE of a unique field; - reads them from stdin, ' +
        'one a line',
      text,
    ),
  },
  options: {},
  examples: [
    'rollcall segments:has hot ann@example.org -q --db crm.db && echo "Ann is hot"',
    'rollcall segments:has hot - --format csv --db crm.db < addresses.txt',
  ],
  exitCodes: [EXIT.refused, EXIT.partial],
  store: 'open',
  result: 'rows',
  run: async (context, { segment, contact }) => {
    const { references, fromStdin } = await readReferences(context, [contact]);
    const isTold =
      context.format === 'table' || context.format === 'json' || context.format === 'ndjson';
    return context.store.read(async (tx) => {
      if (!fromStdin && isTold) return askOne(tx, segment, contact);
      if (!fromStdin) await getContact(tx, contact); // an unknown one is a mistake, not a row
      return askMany(tx, segment, references);
    });
  },
});

async function askOne(tx: ReadTx, reference: string, contact: string): Promise<MessageResult> {
  const { id, alias } = await getSegment(tx, reference);
  const contactId = await getContact(tx, contact);
  const member = await tx.members.has(id, contactId);
  return {
    kind: 'message',
    text: `${contact} is ${member ? 'in' : 'not in'} ${alias}`,
    data: { segment: alias, contact_id: contactId, member },
    exit: member ? EXIT.done : EXIT.refused,
  };
}

async function askMany(
  tx: ReadTx,
  reference: string,
  contacts: readonly string[],
): Promise<RowsResult> {
  const segment = await getSegment(tx, reference);
  const found = await matchContacts(tx, contacts);
  const members = new Set(
    await tx.members.among(
      segment.id,
      found.filter((id) => id !== null),
    ),
  );
  const asked = contacts.map((contact, position): Asked => {
    const contactId = found[position] ?? null;
    return { contact, contactId, member: contactId === null ? null : members.has(contactId) };
  });
  const count = (member: Asked['member']): number =>
    asked.filter((each) => each.member === member).length;
  const unknown = count(null);
  return rows({
    rows: asked,
    columns: COLUMNS,
    id: ({ contact, contactId }) => contactId ?? contact,
    empty: 'no contacts given: write one a line',
    footer: () => `${count(true)} in ${segment.alias}, ${count(false)} not, ${unknown} unknown`,
    warnings:
      unknown === 0
        ? []
        : [`${counted(unknown, 'unknown contact')}: see the rows without an answer`],
    exit: exitOf(unknown, count(false)),
  });
}

function exitOf(unknown: number, outside: number): ExitCode {
  if (unknown > 0) return EXIT.partial;
  return outside > 0 ? EXIT.refused : EXIT.done;
}
