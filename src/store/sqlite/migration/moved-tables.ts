import { sql } from 'drizzle-orm';
import type { MigrationMeta } from 'drizzle-orm/migrator';
import { EXIT, UserError } from '../../../support/errors.ts';
import type { SqliteDatabase } from '../connection/database.ts';

/** A table whose rows another one takes over; a view of its columns stands under its name. */
export interface MovedTable {
  readonly from: string;
  readonly to: string;
}

/**
 * The tables that a migration says it moves, on a line of their own: `-- moves: memberships to
 * joined, …`.
 */
export function movedBy({ sql: statements }: MigrationMeta): MovedTable[] {
  return statements
    .flatMap((statement) => [...statement.matchAll(/^-- moves: (.+)$/gm)])
    .flatMap(([, moves = '']) => [...moves.matchAll(/(\w+) to (\w+)/g)])
    .map(([, from = '', to = '']) => ({ from, to }));
}

/** What rollcall itself has on tables that move; it comes back under another name, or when needed. */
const OURS = /^(membership_history_contact|joined_\d+|capture_.*)$/;

interface SchemaObject {
  readonly type: 'index' | 'trigger';
  readonly name: string;
}

/**
 * Refuses (1) to move a table while something of somebody else's hangs on it that would go with it,
 * or would fail from then on: an index or a trigger on it, a trigger that writes to it, a table that
 * refers to it. Views and triggers that read it find the same columns under the same name.
 */
export async function requireMovable(db: SqliteDatabase, { from, to }: MovedTable): Promise<void> {
  const hanging = [...(await hangingOn(db, from)), ...(await writingTo(db, from))];
  const referring = await referringTo(db, from);
  if (hanging.length === 0 && referring.length === 0) return;
  const named = [
    ...hanging.map(({ type, name }) => `the ${type} ${name}`),
    ...referring.map((table) => `the foreign key of the table ${table}`),
  ];
  const drops = hanging.map(({ type, name }) => `drop ${type} "${name}";`);
  const dropping =
    drops.length === 0
      ? `make ${referring.join(', ')} anew without it`
      : `in the sqlite3 shell: ${drops.join(' ')}`;
  throw new UserError(
    'FOREIGN_OBJECTS',
    EXIT.refused,
    `the table ${from} becomes a view of ${to}, on which this cannot hang: ${named.join(', ')}`,
    { hint: `keep what you need of it, then ${dropping}` },
  );
}

async function hangingOn(db: SqliteDatabase, table: string): Promise<SchemaObject[]> {
  return (
    await db.all<SchemaObject>(
      sql`
      select type, name
      from sqlite_schema
      where tbl_name = ${table} collate nocase and type in ('index', 'trigger') and sql is not null
      order by type, name`,
    )
  ).filter(({ name }) => !OURS.test(name));
}

/** Triggers on other tables that write to this one, as far as their text tells. */
async function writingTo(db: SqliteDatabase, table: string): Promise<SchemaObject[]> {
  const writes = new RegExp(
    String.raw`\b(into|update(\s+or\s+\w+)?|delete\s+from)\s+(main\s*\.\s*)?["\x60\[]?${table}\b`,
    'i',
  );
  return (
    await db.all<SchemaObject & { readonly text: string }>(
      sql`
      select type, name, sql as text
      from sqlite_schema
      where type = 'trigger' and tbl_name <> ${table} collate nocase
      order by name`,
    )
  ).filter(({ name, text }) => !OURS.test(name) && writes.test(text));
}

async function referringTo(db: SqliteDatabase, table: string): Promise<string[]> {
  return db.pluck<string>(sql`
    select distinct tables.name
    from sqlite_schema as tables, pragma_foreign_key_list(tables.name) as keys
    where tables.type = 'table' and keys."table" = ${table} collate nocase
    order by tables.name`);
}
