import { getContact } from '../../../../contact/contact-refs.ts';
import { explainContact } from '../../../../segment/explain.ts';
import { getSegment } from '../../../../segment/lookup.ts';
import { EXIT } from '../../../../support/errors.ts';
import { defineCommand } from '../../../define-command.ts';
import { argument } from '../../../options/options.ts';
import { text } from '../../../options/values.ts';
import { explanationData } from '../../../views/explanation/data.ts';
import { explanationLines } from '../../../views/explanation/lines.ts';

export default defineCommand({
  name: 'segments:explain',
  description:
    'Says why a contact is in a segment or not: its membership and pin, and the filter ' +
    'condition by condition, with what the contact has of each, ' +
    'what its dates mean now, and which single condition would change the answer. With a ' +
    'filter that no longer checks it ends with 3.',
  arguments: {
    segment: argument('segment', 'an alias or id', text),
    contact: argument(
      'contact',
      'an id, an e-mail address, or FIELD=VALUE of a unique field',
      text,
    ),
  },
  options: {},
  examples: ['rollcall segments:explain hot ann@example.org --db crm.db'],
  exitCodes: [EXIT.partial],
  store: 'open',
  result: 'message',
  run: async ({ store, now }, { segment, contact }) => {
    const explanation = await store.read(async (tx) =>
      explainContact(tx, await getSegment(tx, segment), await getContact(tx, contact), now),
    );
    const { filter, warnings } = explanation;
    const isBroken = filter?.kind === 'broken';
    return {
      kind: 'message',
      isAnswer: true,
      text: explanationLines(explanation),
      data: explanationData(explanation),
      warnings: isBroken
        ? [
            ...warnings,
            `the filter of ${explanation.segment.alias} no longer checks, so updates of it ` +
              `fail: ${filter.error.message}`,
          ]
        : warnings,
      ...(isBroken ? { exit: EXIT.partial } : {}),
    };
  },
});
