/**
 * Statements as text for psql, to be pasted: the schema, the statement, what is bound, and the end of
 * the prepared statement.
 */
import { sql } from 'drizzle-orm';
import type { Condition } from '../../sql/condition.ts';
import type { ShellScript } from '../records.ts';
import type { Value } from '../rows.ts';
import { layOut } from '../sql/sql-layout.ts';
import type { PostgresDatabase } from './connection/database.ts';
import { quotedName, render } from './connection/render.ts';
import { resolveMatched } from './resolve-matched.ts';

const NAME = 'rollcall_filter';

/** The statement that finds these contacts; regular expressions stand as the values of today. */
export async function shellScript(db: PostgresDatabase, where: Condition): Promise<ShellScript> {
  const condition = await resolveMatched(db, where);
  const { text, values } = render(
    sql`select c.id from contacts c where ${condition} order by c.id`,
  );
  const statement = `${layOut(text)};`;
  const parameters = values as (Value | readonly Value[])[];
  const bound = parameters.length === 0 ? '' : ` (${parameters.map(argument).join(', ')})`;
  return {
    shell: { name: 'psql', from: undefined },
    lines: [
      `set search_path = ${quotedName(db.session.place.schema)}, pg_temp;`,
      `prepare ${NAME} as`,
      ...statement.split('\n'),
      `execute ${NAME}${bound};`,
      `deallocate ${NAME};`,
    ],
    statement,
    parameters,
    functions: [], // the store has them
  };
}

/** What can be seen and pasted: all else is told in bytes. Four letters are drawn as nothing. */
const PLAIN = /^(?:[\x20-\x7e]|(?![\u115f\u1160\u3164\uffa0])[\p{L}\p{N}])*$/u;

/** A value as a literal, whose type the statement says. */
export function argument(value: Value | readonly Value[]): string {
  if (value === null) return 'null';
  if (typeof value === 'object') return `array[${value.map(argument).join(', ')}]`;
  if (typeof value === 'number') return `'${value}'`;
  return PLAIN.test(value)
    ? `'${value.replaceAll("'", "''")}'`
    : String.raw`convert_from('\x${Buffer.from(value, 'utf8').toString('hex')}', 'UTF8')`;
}
