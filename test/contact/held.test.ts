import Sqlite from 'better-sqlite3';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeWorld } from '../csv/world.ts';

/** A row that fits a table, with this contact: other columns hold what their type may be. */
function rowFor(db: Sqlite.Database, table: string): Record<string, unknown> {
  const columns = db.pragma(`table_info('${table}')`) as { name: string; type: string }[];
  const kinds: Record<string, unknown> = { kind: 'out', contact_id: 1, id: 900 };
  return Object.fromEntries(
    columns.map(({ name, type }) => [name, kinds[name] ?? (type === 'TEXT' ? 'x' : 7)]),
  );
}

test('what is held of a contact has its rows of every table that names contacts', async () => {
  const world = await makeWorld();
  await world.addField('card', 'text', { unique: true });
  await world.contacts('email,card\nzoe@x.example,k1\n');
  const db = new Sqlite(join(world.folder, 'crm.db'));
  db.pragma('foreign_keys = off');
  const tables = db
    .prepare<[], string>(
      `select m.name from sqlite_schema m join pragma_table_info(m.name) c
       where m.type = 'table' and c.name = 'contact_id' order by 1`,
    )
    .pluck()
    .all();
  for (const table of tables) {
    const row = rowFor(db, table);
    const names = Object.keys(row);
    db.prepare(
      `insert into ${table} (${names.join(', ')}) values (${names.map(() => '?').join(', ')})`,
    ).run(...Object.values(row));
  }
  db.close();
  const held = await world.store.read(async (tx) => tx.contacts.held(1));
  const shown = held.map(({ table }) => table);
  expect(tables.length).toBeGreaterThan(12);
  expect(shown).toEqual(
    expect.arrayContaining([...tables, 'contacts', 'address_suppressions', 'value_suppressions']),
  );
});
