import { previewFilter } from '../../../segment/preview.ts';
import { EXIT } from '../../../support/errors.ts';
import { counted } from '../../../support/text.ts';
import { defineCommand } from '../../define-command.ts';
import { filterText } from '../../input.ts';
import { argument } from '../../options.ts';
import { text } from '../../values.ts';

export default defineCommand({
  name: 'segments:preview',
  description: 'Counts the contacts that a filter matches, before anything is saved.',
  arguments: { filter: argument('filter', 'the filter; - reads it from stdin, @FILE from a file', text) },
  options: {},
  examples: ["rollcall segments:preview 'country = \"FR\" and points >= 50' --db crm.db"],
  exitCodes: [EXIT.noInput],
  store: 'open',
  result: 'message',
  run: async (context, { filter: given }) => {
    const where = await filterText(context, given);
    const { matching, contacts, filter, warnings } = await context.store.read(async (tx) => previewFilter(tx, where, context.now));
    const share = contacts === 0 ? 0 : matching / contacts;
    return {
      kind: 'message',
      isAnswer: true,
      text: `${matching.toLocaleString('en-US')} of ${counted(contacts, 'contact')} match (${(share * 100).toFixed(1)} %)`,
      data: { matching, contacts, share, filter },
      warnings,
    };
  },
});
