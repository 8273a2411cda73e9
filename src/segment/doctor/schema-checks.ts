import type { FieldTrouble, SchemaTrouble } from '../../store/index.ts';
import { type Check, type Examined, finding, type Finding } from './check.ts';

function byBackup({ command }: Examined): string {
  return `put the last backup in its place: ${command('restore FILE')}`;
}

/** The file, and the schema in it. */
export const SCHEMA_CHECKS: readonly Check[] = [
  { id: 'integrity', title: 'the file is whole', find: findDamage },
  {
    id: 'schema',
    title: 'tables, indexes and views are as rollcall makes them',
    find: async (examined) =>
      (await examined.health.schema()).map((trouble) => describeSchema(trouble, examined)),
  },
  {
    id: 'fields',
    title: 'every field has its column and index',
    find: async ({ health }) => (await health.fields()).map(describeField),
  },
];

async function findDamage(examined: Examined): Promise<readonly Finding[]> {
  const { messages, remedy } = await examined.health.damage(examined.deep);
  if (messages.length === 0) return [];
  const examples = messages.map((message) => ({ message }));
  if (remedy !== undefined)
    return [
      finding('error', 'indexes do not agree with their tables', {
        count: messages.length,
        examples,
        hint: remedy,
      }),
    ];
  return [
    finding('error', 'the file is damaged', {
      count: messages.length,
      examples,
      hint: byBackup(examined),
    }),
  ];
}

/**
 * Triggers and views can change what we write and hide what we read; tables and indexes stand
 * beside ours.
 */
const MEDDLING: readonly SchemaTrouble['kind'][] = ['trigger', 'view'];

function describeSchema(trouble: SchemaTrouble, examined: Examined): Finding {
  const { kind, name, problem, remedy, renamed } = trouble;
  if (renamed !== undefined)
    return finding('error', `the ${kind} ${name} is called ${renamed}`, {
      hint: `give it its name back, with all that is in it: ${remedy ?? ''}`,
    });
  if (kind === 'migrations')
    return finding('warning', 'the list of migrations does not fit the version of the store', {
      hint: byBackup(examined),
    });
  switch (problem) {
    case 'stray':
      return describeStray(trouble);
    case 'missing':
      return finding('error', `the ${kind} ${name} is missing`, {
        hint: remedy ?? byBackup(examined),
      });
    case 'different':
      return finding('error', `the ${kind} ${name} is not as rollcall makes it`, {
        hint: remedy ?? byBackup(examined),
      });
  }
}

function describeStray({ kind, name, table, remedy }: SchemaTrouble): Finding {
  const [on, knowing] =
    kind === 'trigger'
      ? [` on ${table}`, ' if you know what it does to what is written']
      : ['', ''];
  return finding(
    MEDDLING.includes(kind) ? 'warning' : 'note',
    `the ${kind} ${name}${on} is not rollcall's`,
    {
      examples: [{ [kind]: name, table }],
      hint: `leave it${knowing}, or drop it: ${remedy ?? ''}`,
    },
  );
}

function describeField({ object, alias, problem, remedy, renamed }: FieldTrouble): Finding {
  if (renamed !== undefined)
    return finding('error', `the column of the ${object} field ${alias} is called ${renamed}`, {
      hint: `give it its name back, with all values: ${remedy ?? ''}`,
    });
  const field = `${object} field ${alias}`;
  switch (problem) {
    case 'noColumn':
      return finding('error', `the ${field} has lost its column and all values`, {
        hint: `make it again, empty: ${remedy ?? ''}`,
      });
    case 'noField':
      return finding(
        'warning',
        `a column ${alias} stands among those of ` +
          `${object === 'contact' ? 'contacts' : 'companies'} and is no field`,
        { hint: `drop it with its values: ${remedy ?? ''}` },
      );
    case 'wrongType':
      return finding('error', `the ${field} has a column of another type`, {
        hint: `let the field have the type of its column: ${remedy ?? ''}`,
      });
    case 'noIndex':
      return finding('warning', `the ${field} has lost its index`, { hint: remedy });
  }
}
