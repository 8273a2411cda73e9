import { type Candidate, type Candidates, eachDuplicate } from '../../../contact/duplicates.ts';
import { DUPLICATE_KINDS, type Shared } from '../../../store/index.ts';
import { defineCommand } from '../../define-command.ts';
import { usage, value } from '../../options/options.ts';
import { limitOption, text } from '../../options/values.ts';
import type { Naming } from '../../output/command-lines.ts';
import { type Column, rows } from '../../output/result.ts';
import { listFooter } from '../../views/list-footer.ts';

export default defineCommand({
  name: 'contacts:duplicates',
  description:
    'Lists contacts who may be one person: those with the same address as filters compare it, the ' +
    'same digits in phone or mobile, or the same first and last name. Contacts who share several ' +
    'of these are one row, the one to keep first. JSON and CSV have the command that makes them one.',
  arguments: {},
  options: {
    by: value('--by <list>', 'email, phone, name, comma-separated; default all three', text),
    limit: limitOption,
  },
  examples: [
    'rollcall contacts:duplicates --db crm.db',
    'rollcall contacts:duplicates --by phone,name --limit 20 --json --db crm.db',
  ],
  exitCodes: [],
  store: 'open',
  result: 'rows',
  run: async ({ store, format, naming }, _, { by, limit }) =>
    Promise.resolve(
      rows({
        rows: eachDuplicate(store, kindsIn(by), limit),
        columns: format === 'table' ? COLUMNS_FOR_PEOPLE : columnsForPrograms(naming),
        id: ({ winner }) => winner,
        empty: 'no two contacts seem to be one person',
        footer: (count) => `${listFooter({ limit }, 'candidate')(count)}; ${TO_MERGE}`,
      }),
    ),
});

const TO_MERGE =
  'to make those of a row one, of whom the first stays: rollcall contacts:merge ID ID…';

const COLUMNS_FOR_PEOPLE: readonly Column<Candidates>[] = [
  { key: 'shared', kind: 'lines', fit: 'words', of: ({ shared }) => shared.map(inCommon) },
  {
    ...{ key: 'contacts', kind: 'lines', fit: 'words' },
    of: ({ winner, contacts }) =>
      contacts
        .toSorted((one, other) => Number(other.id === winner) - Number(one.id === winner))
        .map(named),
  },
];

/** Ids, addresses and names in one order, and so are what is shared and its values. */
function columnsForPrograms(naming: Naming): readonly Column<Candidates>[] {
  return [
    { key: 'ids', kind: 'list', of: ({ ids }) => ids },
    { key: 'emails', kind: 'list', of: ({ contacts }) => contacts.map(({ email }) => email) },
    { key: 'names', kind: 'list', of: ({ contacts }) => contacts.map(({ name }) => name) },
    { key: 'by', kind: 'list', of: ({ shared }) => shared.map(({ by }) => by) },
    { key: 'values', kind: 'list', of: ({ shared }) => shared.map(({ value: same }) => same) },
    { key: 'merge', of: (found) => naming(mergeCommand(found)) },
  ];
}

/** `12 ann@example.org, Ann Lee` */
function named({ id, email, name }: Candidate): string {
  const words = [email, name].filter((word) => word !== null);
  return words.length === 0 ? String(id) : `${id} ${words.join(', ')}`;
}

/** `phone 33612345678` */
function inCommon({ by, value: same }: Shared): string {
  return `${by} ${same}`;
}

function kindsIn(by: string | undefined): (typeof DUPLICATE_KINDS)[number][] {
  if (by === undefined) return [...DUPLICATE_KINDS];
  return by.split(',').map((word) => {
    const kind = DUPLICATE_KINDS.find((one) => one === word.trim());
    if (kind !== undefined) return kind;
    throw usage(`\`--by\` does not know \`${word.trim()}\``, 'give email, phone or name');
  });
}

function mergeCommand({ ids, winner }: Candidates): string {
  const losers = ids.filter((id) => id !== winner);
  return `rollcall contacts:merge ${[winner, ...losers].join(' ')}`;
}
