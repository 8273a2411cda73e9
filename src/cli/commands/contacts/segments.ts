import { getContact } from '../../../contact/contact-refs.ts';
import { contactSegments } from '../../../contact/contact-view.ts';
import { defineCommand } from '../../define-command.ts';
import { beginningColumns } from '../../views/beginning.ts';
import { emptyList } from '../../views/empty-list.ts';
import { namedAs } from '../../views/named-as.ts';
import { listFooter } from '../../views/list-footer.ts';
import { rows } from '../../output/result.ts';
import { pageOptions } from '../../options/values.ts';
import { contactArgument } from '../../options/contact-options.ts';

export default defineCommand({
  name: 'contacts:segments',
  description:
    'Lists the segments that a contact is in, with since when and through what, and those ' +
    'that it is pinned out of. With -v also by whom and why.',
  arguments: { contact: contactArgument },
  options: pageOptions,
  examples: ['rollcall contacts:segments ann@example.org --db crm.db'],
  exitCodes: [],
  store: 'open',
  result: 'rows',
  run: async ({ store, verbosity }, { contact }, page) =>
    rows({
      rows: await store.read(async (tx) =>
        contactSegments(tx, await getContact(tx, contact), page),
      ),
      columns: [
        { key: 'segment_id', kind: 'number', of: (row) => row.segmentId },
        { key: 'alias', of: (row) => row.alias },
        { key: 'name', importance: 'spare', of: (row) => row.name },
        { key: 'member', kind: 'boolean', of: (row) => row.isMember },
        ...beginningColumns(verbosity),
      ],
      id: (row) => row.segmentId,
      empty: emptyList('segments', page, `${namedAs(contact)} is in no segment`),
      footer: listFooter(page, 'segment'),
    }),
});
