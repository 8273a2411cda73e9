import { sql } from 'drizzle-orm';
import type { MigrationMeta } from 'drizzle-orm/migrator';
import { EXIT, UserError } from '../../../support/errors.ts';
import type { SqliteDatabase } from '../connection/database.ts';
import { valuesOf } from '../../sql/sql-parts.ts';

const MAKES = /^\s*create\s+(?:table|view|trigger|(?:unique\s+)?index)\s+(\w+)/gim;
const DROPS = /^\s*drop\s+(?:table|view|trigger|index)\s+(?:if\s+exists\s+)?(\w+)/gim;

/**
 * Refuses (1) a migration that would make something whose name somebody else has taken in this
 * store. `UserError`.
 */
export async function requireFreeNames(
  db: SqliteDatabase,
  { sql: statements }: MigrationMeta,
): Promise<void> {
  const namesIn = (pattern: RegExp): string[] =>
    statements.flatMap((statement) =>
      [...statement.matchAll(pattern)].map(([, name = '']) => name.toLowerCase()),
    );
  const dropped = new Set(namesIn(DROPS));
  const made = namesIn(MAKES).filter((name) => !dropped.has(name));
  const taken = await db.all<{ type: string; name: string }>(sql`
    select type, name
    from sqlite_schema
    where lower(name) in (select value from ${valuesOf(made)})
    order by type, name`);
  if (taken.length === 0) return;
  const named = taken.map(({ type, name }) => `the ${type} ${name}`).join(', ');
  const drops = taken
    .map(({ type, name }) =>
      type === 'table' ? `alter table "${name}" rename to "${name}_2";` : `drop ${type} "${name}";`,
    )
    .join(' ');
  throw new UserError(
    'FOREIGN_OBJECTS',
    EXIT.refused,
    `${db.location} has something of somebody else's under names that rollcall needs now: ${named}`,
    { hint: `give it another name, in the sqlite3 shell: ${drops}` },
  );
}
