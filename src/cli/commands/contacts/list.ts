import { countContacts, listContacts } from '../../../contact/contact-list.ts';
import { EXIT } from '../../../support/errors.ts';
import { defineCommand } from '../../define-command.ts';
import { countResult } from '../../views/count.ts';
import { emptyList } from '../../views/empty-list.ts';
import { listFooter } from '../../views/list-footer.ts';
import { filterText } from '../../routines/input.ts';
import { listOptions, requireListSense } from '../../options/list-options.ts';
import { value } from '../../options/options.ts';
import { rows } from '../../output/result.ts';
import { asChosen, recordColumns } from '../../views/record-columns.ts';
import { fieldList, text } from '../../options/values.ts';

export default defineCommand({
  name: 'contacts:list',
  description:
    'Lists contacts, by id. A search is words that all stand in a name, the e-mail address, ' +
    'the company or another text; "words in quotes" stand together; segment:ALIAS, ' +
    'common:ALIAS+ALIAS, is:anonymous, email:TEXT and tag:TAG narrow it down, and ! before a ' +
    'term turns it round.',
  arguments: {},
  options: {
    where: value(
      '--where <filter>',
      'only those whom the filter matches; - reads it from stdin, @FILE from a file',
      text,
    ),
    search: value('--search <words>', 'only those whom the search finds', text),
    fields: value('--fields <list>', 'what to show, with commas between', fieldList),
    ...listOptions('this field'),
  },
  examples: [
    'rollcall contacts:list --where \'country = "FR" and points >= 50\' --fields id,email,points --db crm.db',
    "rollcall contacts:list --search 'ann !segment:hot tag:vip' --limit 20 --db crm.db",
    "rollcall contacts:list --where 'email is empty' --format ids --db crm.db",
    'rollcall contacts:list --sort points --desc --limit 10 --db crm.db',
  ],
  exitCodes: [EXIT.noInput],
  store: 'open',
  result: 'rows',
  run: async (context, _, { where: given, fields: columns, count, ...request }) => {
    requireListSense({ ...request, count, fields: columns }, context.format);
    const where = given === undefined ? undefined : await filterText(context, given);
    const { search } = request;
    if (count) {
      const counted = await countContacts(context.store, { where, search }, context.now);
      return countResult('contacts', counted.count, counted.warnings);
    }
    const {
      fields,
      rows: found,
      warnings,
    } = await listContacts(context.store, { ...request, where, columns }, context.now);
    return rows({
      rows: found,
      columns: asChosen(recordColumns(fields), columns),
      id: ({ id }) => id,
      empty: emptyList('contacts', { where, ...request }),
      footer: listFooter(request, 'contact'),
      warnings,
    });
  },
});
