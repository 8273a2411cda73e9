import { type Candidates, eachDuplicate } from '../../../contact/duplicates.ts';
import { DUPLICATE_KINDS } from '../../../store/index.ts';
import { shellQuoted } from '../../../support/shell-quote.ts';
import { defineCommand } from '../../define-command.ts';
import { usage, value } from '../../options/options.ts';
import { text, wholeNumber } from '../../options/values.ts';
import { rows } from '../../output/result.ts';
import { listFooter } from '../../views/list-footer.ts';

export default defineCommand({
  name: 'contacts:duplicates',
  description:
    'Lists contacts who may be one person: those with the same address as filters compare it, the ' +
    'same digits in phone or mobile, or the same first and last name. Each comes with the command ' +
    'that makes them one.',
  arguments: {},
  options: {
    by: value('--by <list>', 'email, phone, name, comma-separated; default all three', text),
    limit: value('--limit <n>', 'at most so many', wholeNumber),
  },
  examples: [
    'rollcall contacts:duplicates --db crm.db',
    'rollcall contacts:duplicates --by phone,name --limit 20 --json --db crm.db',
  ],
  exitCodes: [],
  store: 'open',
  result: 'rows',
  run: async ({ store, place }, _, { by, limit }) =>
    Promise.resolve(
      rows({
        rows: eachDuplicate(store, kindsIn(by), limit),
        columns: [
          { key: 'by', fit: 'whole', of: (one: Candidates) => one.by },
          { key: 'value', of: ({ key }) => key },
          { key: 'ids', kind: 'list', inTable: false, of: ({ ids }) => ids.map(String) },
          {
            key: 'emails',
            kind: 'list',
            inTable: false,
            of: ({ emails }) => emails.filter((email) => email !== null),
          },
          { key: 'merge', fit: 'key', of: (one) => mergeCommand(one, place.path) },
        ],
        id: ({ winner }) => winner,
        empty: 'no two contacts seem to be one person',
        footer: listFooter({ limit }, 'candidate'),
      }),
    ),
});

function kindsIn(by: string | undefined): (typeof DUPLICATE_KINDS)[number][] {
  if (by === undefined) return [...DUPLICATE_KINDS];
  return by.split(',').map((word) => {
    const kind = DUPLICATE_KINDS.find((one) => one === word.trim());
    if (kind !== undefined) return kind;
    throw usage(`\`--by\` does not know \`${word.trim()}\``, 'give email, phone or name');
  });
}

function mergeCommand({ ids, winner }: Candidates, path: string): string {
  const losers = ids.filter((id) => id !== winner);
  return `rollcall contacts:merge ${[winner, ...losers].join(' ')} --db ${shellQuoted(path)}`;
}
