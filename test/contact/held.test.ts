import Sqlite from 'better-sqlite3';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { HELD_BOOKKEEPING, HELD_SECTIONS, heldBy } from '../../src/contact/held.ts';
import { makeWorld, type World } from '../csv/world.ts';

/** A row that fits a table, with this contact: other columns hold what their type may be. */
function rowFor(db: Sqlite.Database, table: string): Record<string, unknown> {
  const columns = db.pragma(`table_info('${table}')`) as { name: string; type: string }[];
  const kinds: Record<string, unknown> = { kind: 'out', contact_id: 1, id: 900 };
  return Object.fromEntries(
    columns.map(({ name, type }) => [name, kinds[name] ?? (type === 'TEXT' ? 'x' : 7)]),
  );
}

async function filledWorld(): Promise<{ world: World; tables: readonly string[] }> {
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
  return { world, tables };
}

test('what is held of a contact has its rows of every table that names contacts', async () => {
  const { world, tables } = await filledWorld();
  const held = await world.store.read(async (tx) => tx.contacts.held(1));
  const shown = held.map(({ table }) => table);
  expect(tables.length).toBeGreaterThan(12);
  expect(shown).toEqual(
    expect.arrayContaining([...tables, 'contacts', 'address_suppressions', 'value_suppressions']),
  );
});

test('every table of it is told under a name of its own, which the docs explain', async () => {
  const { world } = await filledWorld();
  const held = await world.store.read(async (tx) => tx.contacts.held(1));
  const { sections, bookkeeping } = await world.store.read(async (tx) => heldBy(tx, '1'));
  const names: Readonly<Record<string, string>> = { ...HELD_SECTIONS, ...HELD_BOOKKEEPING };
  const told = { ...sections, ...bookkeeping };
  expect(Object.keys(told).sort()).toEqual(held.map(({ table }) => names[table]).sort());
  for (const { table, rows } of held)
    expect([told[names[table] ?? '']].flat(), table).toHaveLength(rows.length);
  const page = readFileSync(new URL('../../docs/people.md', import.meta.url), 'utf8');
  for (const name of Object.values(names)) expect(page).toContain(`\`${name}\``);
});

test('it is told in instants, JSON and names that people can read', async () => {
  const world = await makeWorld();
  await world.contacts('email,tags\nzoe@x.example,vip\n');
  const { sections, bookkeeping } = await world.store.read(async (tx) => heldBy(tx, '1'));
  const text = JSON.stringify({ sections, bookkeeping });
  expect(text).not.toMatch(/\b1[0-9]{12}\b/);
  expect(text).not.toContain('{\\"');
  expect(sections).toMatchObject({
    contact: { email: 'zoe@x.example', created_at: expect.stringMatching(/^20.*Z$/) as string },
    tags: [{ name: 'vip' }],
  });
});
