import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { aspectsOf, COMPANY, EXISTENCE, fieldAspect } from '../../src/store/sql/delta/aspects.ts';
import { initStore, openStore } from '../../src/store/sqlite/open.ts';
import { fold } from '../../src/support/fold.ts';
import { NOW, reading } from './conformance/fixture.ts';
import { SQL_TOOLS } from './sql-tools.ts';

const folder = mkdtempSync(join(tmpdir(), 'rollcall-aspects-'));
const pattern = join(folder, 'pattern.db');
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const CUSTOM = Array.from({ length: 40 }, (_, index) => `custom_${index}`);
const fieldIds = new Map<string, number>();

beforeAll(async () => {
  await initStore(pattern);
  const store = await openStore(pattern);
  await store.write(async (tx) => {
    for (const alias of CUSTOM)
      await tx.fields.add(
        {
          object: 'contact',
          alias,
          label: alias,
          type: 'text',
          options: [],
          unique: false,
          indexed: false,
        },
        NOW,
      );
    for (const { id, object, alias } of await tx.fields.list())
      if (object === 'contact') fieldIds.set(alias, id);
  });
  await store.close();
  const raw = new Sqlite(pattern);
  raw.exec(`insert into companies (name, created_at, updated_at) values ('Acme', 0, 0);
    insert into contacts (email, created_at, updated_at) values ('ada@example.org', 0, 0);
    delete from contact_changes`);
  raw.close();
});

/** The fields by name, as one number. */
const fields = (...names: readonly string[]): string =>
  String(
    names.map((name) => fieldAspect(fieldIds.get(name)!)).reduce((all, aspect) => all | aspect, 0n),
  );

const EDITS: readonly [sql: string, ...fields: string[]][] = [
  ["update contacts set city = 'Rome'", 'city'],
  ["update contacts set city = 'Rome', points = 3, updated_at = 5", 'city', 'points', 'updated_at'],
  ["update contacts set city = 'Rome';\nupdate contacts set title = 'Dr'", 'city', 'title'],
  ["update contacts set city = 'Rome';\nupdate contacts set city = null", 'city'],
  ["update contacts set email = 'ADA@example.org'", 'email', 'email_domain'],
  ['update contacts set company_id = 1', 'company'],
  ["update contacts set points = 0, city = null, email = 'ada@example.org'"],
  [
    `insert into contacts (email, created_at, updated_at)
      values ('Ada@example.org', 0, 0)
      on conflict (email) do update set stage = 'lead'`,
    'stage',
  ],
  [
    `insert into contacts (email, created_at, updated_at)
      values ('Ada@example.org', 0, 0)
      on conflict (email) do nothing`,
  ],
  ...CUSTOM.map((alias): [string, string] => [`update contacts set ${alias} = 'x'`, alias]),
];

for (const tool of SQL_TOOLS) {
  describe.skipIf(!tool.installed)(`written with ${tool.name}`, () => {
    test.each(EDITS)('%s is about the fields that it changes', (sql, ...changed) => {
      const path = join(folder, 'case.db');
      copyFileSync(pattern, path);
      tool.run(path, sql);
      expect(
        tool.run(path, "select kind || ' ' || id || ' ' || aspects from contact_changes"),
      ).toEqual([`profile 1 ${fields(...changed)}`]);
    });

    test('events are about what filters read that read their type', () => {
      const path = join(folder, 'case.db');
      copyFileSync(pattern, path);
      const types = [
        'order',
        'Order',
        'page.hit',
        'PAGE.HIT',
        'x',
        'Xy',
        '',
        'a b',
        'mājā',
        'MĀJĀ',
        '東京',
        '~',
        'Z'.repeat(300),
        'k',
        '\u212a',
      ];
      for (const type of types) {
        tool.run(path, 'delete from contact_changes');
        tool.run(
          path,
          `insert into events (contact_id, type, occurred_at) values (1, '${type}', 0)`,
        );
        const [logged = '0'] = tool.run(path, 'select aspects from contact_changes');
        const read = aspectsOf([reading({ eventTypes: [fold(type)] })]);
        expect([type, BigInt(logged) > 0n, BigInt(logged) & ~EXISTENCE & read]).toEqual([
          type,
          true,
          BigInt(logged),
        ]);
      }
    });
  });
}

test('fields have bits apart from all else, standard ones each its own', () => {
  const standard = Array.from({ length: 27 }, (_, index) => fieldAspect(index + 1));
  const others = aspectsOf([reading({ tags: true, consent: true, eventTypes: ['été'] })]) | COMPANY;
  const custom = Array.from({ length: 100 }, (_, index) => fieldAspect(1000 + index)).reduce(
    (all, aspect) => all | aspect,
  );
  const all = [...standard, others, custom];
  expect(all.reduce((sum, aspect) => sum + aspect, 0n)).toBe(
    all.reduce((sum, aspect) => sum | aspect, 0n),
  );
  expect(all.every((aspect) => aspect > 0n && aspect < 1n << 62n)).toBe(true);
});
