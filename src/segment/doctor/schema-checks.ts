import type { FieldTrouble, SchemaTrouble } from '../../store/index.ts';
import { type Check, type Examined, finding, type Finding } from './check.ts';

function byBackup({ command }: Examined): string {
  return `put the last backup in its place: ${command('restore FILE')}`;
}

/** The file, and the schema in it. */
export const SCHEMA_CHECKS: readonly Check[] = [
  { id: 'integrity', title: 'the file is whole', find: findDamage },
  { id: 'schema', title: 'tables, indexes and views are as rollcall makes them', find: async (examined) => (await examined.health.schema()).map((trouble) => describeSchema(trouble, examined)) },
  { id: 'fields', title: 'every field has its column and index', find: async (examined) => (await examined.health.fields()).map((trouble) => describeField(trouble, examined)) },
];

async function findDamage(examined: Examined): Promise<readonly Finding[]> {
  const { messages, remedy } = await examined.health.damage(examined.deep);
  if (messages.length === 0) return [];
  const examples = messages.map((message) => ({ message }));
  if (remedy !== undefined) return [finding('error', 'indexes do not agree with their tables', { count: messages.length, examples, hint: remedy })];
  return [finding('error', 'the file is damaged', { count: messages.length, examples, hint: byBackup(examined) })];
}

function describeSchema({ kind, name, problem, remedy }: SchemaTrouble, examined: Examined): Finding {
  if (kind === 'migrations') return finding('warning', 'the list of migrations does not fit the version of the store', { hint: byBackup(examined) });
  switch (problem) {
    case 'stray':
      return finding('note', `the ${kind} ${name} is not rollcall's`, { hint: `leave it, or drop it: ${remedy ?? ''}` });
    case 'missing':
      return finding('error', `the ${kind} ${name} is missing`, { hint: remedy ?? byBackup(examined) });
    case 'different':
      return finding('error', `the ${kind} ${name} is not as rollcall makes it`, { hint: remedy ?? byBackup(examined) });
  }
}

function describeField({ object, alias, problem, remedy }: FieldTrouble, { command }: Examined): Finding {
  const field = `${object} field ${alias}`;
  switch (problem) {
    case 'noColumn':
      return finding('error', `the ${field} has lost its column and all values`, { hint: `make it again, empty: ${remedy ?? ''}` });
    case 'noField':
      return finding('warning', `a column ${alias} stands among those of ${object === 'contact' ? 'contacts' : 'companies'} and is no field`, { hint: `drop it with its values: ${remedy ?? ''}` });
    case 'wrongType':
      return finding('error', `the ${field} has a column of another type`, { hint: `make the field again: ${command(`fields:delete ${alias} --object ${object} --force`)}` });
    case 'noIndex':
      return finding('warning', `the ${field} has lost its index`, { hint: remedy });
  }
}
