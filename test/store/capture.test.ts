import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { NewField } from '../../src/store/index.ts';
import { initStore, openStore } from '../../src/store/sqlite/open.ts';
import { CAPTURE_CASES } from './capture-cases.ts';
import { NOW } from './conformance/fixture.ts';
import { SQL_TOOLS } from './sql-tools.ts';

const folder = mkdtempSync(join(tmpdir(), 'rollcall-capture-'));
const pattern = join(folder, 'pattern.db');

const field: NewField = {
  object: 'contact',
  alias: 'member_no',
  label: 'Member',
  type: 'text',
  options: [],
  unique: true,
  indexed: false,
};

beforeAll(async () => {
  await initStore(pattern);
  const store = await openStore(pattern);
  await store.write(async (tx) => {
    await tx.fields.add(field, NOW);
    await tx.fields.add({ ...field, object: 'company', alias: 'vat' }, NOW);
    await tx.fields.add({ ...field, alias: 'plan', unique: false }, NOW);
  });
  await store.close();
  const raw = new Sqlite(pattern);
  raw.exec(`
    insert into companies (name, vat, created_at, updated_at) values ('Acme', 'v1', 0, 0), ('Zeta', 'v2', 0, 0);
    insert into contacts (email, member_no, company_id, created_at, updated_at)
    values ('ada@example.org', 'a', 1, 0, 0), ('bob@example.org', 'b', null, 0, 0), (null, null, null, 0, 0);
    insert into tags (name, created_at) values ('vip', 0), ('beta', 0);
    insert into contact_tags values (1, 1);
    insert into events (contact_id, type, occurred_at, external_id)
      values (1, 'web.visit', 0, 'e1'), (2, 'web.visit', 0, 'e2');
    insert into suppressions values (1, 'email', 'unsubscribed', 0);
    insert into pins (segment_id, contact_id, kind, via, created_at) values (1, 1, 'in', 'manual', 0);
    delete from contact_changes;`);
  raw.close();
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

for (const tool of SQL_TOOLS) {
  describe.skipIf(!tool.installed)(`written with ${tool.name}`, () => {
    test.each(CAPTURE_CASES)('$title is logged', ({ sql, logs }) => {
      const path = join(folder, 'case.db');
      copyFileSync(pattern, path);
      tool.run(path, sql);
      expect(
        tool.run(
          path,
          `select kind || ' ' || id || iif(segment_id = 0, '', ' in ' || segment_id)
            from contact_changes
            order by kind, id`,
        ),
      ).toEqual([...logs].sort());
      expect(
        tool.run(path, 'select distinct epoch = (select epoch from capture) from contact_changes'),
      ).toEqual(logs.length === 0 ? [] : ['1']);
    });

    test('DROP COLUMN of a field is refused, and nothing is lost', () => {
      const path = join(folder, 'case.db');
      copyFileSync(pattern, path);
      tool.run(path, "update contacts set plan = 'pro'");
      expect(() => tool.run(path, 'alter table contacts drop column plan')).toThrow(
        /error in trigger capture_contacts_update after drop column: no such column: old\.plan/,
      );
      expect(tool.run(path, 'select distinct plan from contacts')).toEqual(['pro']);
    });

    test('a store opens, answers and is whole', () => {
      const path = join(folder, 'case.db');
      copyFileSync(pattern, path);
      expect(
        tool.run(
          path,
          'pragma integrity_check;\n' +
            'pragma foreign_key_check;\n' +
            'select count(*) from segment_members;\n' +
            'select email_domain from contacts where id = 1',
        ),
      ).toEqual(['ok', '0', 'example.org']);
    });
  });
}
