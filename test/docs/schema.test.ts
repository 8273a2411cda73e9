import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openShell, type Shell } from '../helpers/shell.ts';

const page = readFileSync(new URL('../../docs/schema.md', import.meta.url), 'utf8');
const oneLiners = [...page.matchAll(/^sqlite3 crm\.db "(.+)"$/gm)].map(([, query = '']) =>
  query.replaceAll('\\"', '"'),
);
const hasShell = spawnSync('sqlite3', ['--version']).status === 0;

let shell: Shell;
beforeAll(() => {
  shell = openShell();
  const lines = [
    'rollcall init',
    'rollcall fields:create plan --type select --options free,pro,team',
    'rollcall segments:create Newsletter',
    'rollcall contacts:import contacts.csv --map Prénom=first_name --segment newsletter --now 2025-11-01T10:00:00Z',
    `rollcall segments:create "Hot leads" --where 'points >= 50'`,
    `rollcall segments:create Customers --where 'plan in ("pro", "team")'`,
    'rollcall segments:update --now 2025-12-01T10:00:00Z',
    'rollcall segments:add customers ann@example.org --reason "pays by cheque" --now 2026-01-10T10:00:00Z',
    'rollcall segments:edit hot-leads --where "points >= 90" --update --now 2026-02-01T10:00:00Z',
  ];
  for (const line of lines)
    expect(shell.run(`ROLLCALL_DB=crm.db ${line}`), line).toMatchObject({ status: 0 });
});
afterAll(() => shell.remove());

test('docs/schema.md names every table, view and column', () => {
  const db = new Sqlite(join(shell.folder, 'crm.db'), { readonly: true });
  try {
    const tables = db
      .prepare<[], { name: string }>(
        `select name from sqlite_schema where type in ('table', 'view') and name not like 'sqlite\\_%' escape '\\'`,
      )
      .all();
    const words = new Set(page.match(/\w+/g));
    for (const { name } of tables) {
      expect(words, 'a table').toContain(name);
      if (name === '__drizzle_migrations') continue;
      const columns = db
        .prepare<[string], { name: string }>('select name from pragma_table_xinfo(?)')
        .all(name);
      for (const column of columns) expect(words, `a column of ${name}`).toContain(column.name);
    }
  } finally {
    db.close();
  }
});

describe('the one-liners of docs/schema.md', () => {
  test('are there', () => expect(oneLiners.length).toBeGreaterThanOrEqual(10));

  test.each(oneLiners)('%s', (query) => {
    const db = new Sqlite(join(shell.folder, 'crm.db'), { readonly: true });
    try {
      expect(db.prepare(query).all()).not.toEqual([]);
    } finally {
      db.close();
    }
  });

  // What the page shows is what people type: the same through a sqlite3 shell, where one is
  // installed.
  test.runIf(hasShell)('work in a sqlite3 shell', () => {
    for (const query of oneLiners) {
      const { status, stdout, stderr } = spawnSync('sqlite3', ['-readonly', 'crm.db', query], {
        cwd: shell.folder,
        encoding: 'utf8',
      });
      expect({ status, stderr, empty: stdout === '' }, query).toEqual({
        status: 0,
        stderr: '',
        empty: false,
      });
    }
  });
});
