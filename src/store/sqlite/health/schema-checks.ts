import { finding, type Finding } from '../../finding.ts';
import type { CheckContext, StoreCheck } from '../../health.ts';
import type { SqliteDatabase } from '../connection/database.ts';
import { damage } from './damage.ts';
import { type SchemaTrouble, schemaTroubles } from './schema-objects.ts';

function byBackup({ command }: CheckContext): string {
  return `put the last backup in its place: ${command('restore FILE')}`;
}

/** The file, and the schema in it. */
export function schemaChecks(db: SqliteDatabase): readonly StoreCheck[] {
  return [
    {
      id: 'integrity',
      title: 'the file is whole',
      find: async (asked) => findDamage(db, asked),
    },
    {
      id: 'schema',
      title: 'tables, indexes and views are as rollcall makes them',
      find: async (asked) =>
        (await schemaTroubles(db)).map((trouble) => describeSchema(trouble, asked)),
    },
  ];
}

function findDamage(db: SqliteDatabase, asked: CheckContext): readonly Finding[] {
  const { messages, remedy } = damage(db, asked.deep);
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
      hint: byBackup(asked),
    }),
  ];
}

/**
 * A foreign trigger or view can change what is written or hide what is read. Foreign tables and
 * indexes do no such thing.
 */
const MEDDLING: readonly SchemaTrouble['kind'][] = ['trigger', 'view'];

function describeSchema(trouble: SchemaTrouble, asked: CheckContext): Finding {
  const { kind, name, problem, remedy, renamed } = trouble;
  if (renamed !== undefined)
    return finding('error', `the ${kind} ${name} is called ${renamed}`, {
      hint: `give it its name back, with all that is in it: ${remedy ?? ''}`,
    });
  if (kind === 'migrations')
    return finding('warning', 'the list of migrations does not fit the version of the store', {
      hint: byBackup(asked),
    });
  switch (problem) {
    case 'stray':
      return describeStray(trouble);
    case 'missing':
      return finding('error', `the ${kind} ${name} is missing`, {
        hint: remedy ?? byBackup(asked),
      });
    case 'different':
      return finding('error', `the ${kind} ${name} is not as rollcall makes it`, {
        hint: remedy ?? byBackup(asked),
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
