import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import Sqlite from 'better-sqlite3';
import { expect, onTestFinished, test } from 'vitest';
import { migrateStore } from '../../src/store/sqlite/migration/migrate.ts';

const NOW = Date.parse('2026-03-01T08:00:00Z');

/** Entries of the audit that say who was merged into whom, in the last version that kept no more. */
const MERGED: readonly (readonly [winner: number | null, detail: string])[] = [
  [902, '{"contacts":2,"contact_ids":[901,900]}'],
  [1, '{"contacts":1,"contact_ids":[902]}'],
  [2, '{"contacts":1,"contact_ids":[903,3]}'],
  [999, '{"contacts":1,"contact_ids":[904]}'],
  [2, '{"contact_ids":["905"'],
  [null, '{"contact_ids":[906]}'],
];

test('who was merged before is known from the audit, through all merges', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'rollcall-merged-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'crm.db');
  const stored = new URL('versions/9.db.gz', import.meta.url).pathname;
  writeFileSync(path, gunzipSync(readFileSync(stored)), { mode: 0o600 });
  const raw = new Sqlite(path);
  onTestFinished(() => {
    raw.close();
  });
  const insert = raw.prepare(
    `insert into audit (at, action, object, object_id, detail) values (0, 'merged', 'contact', ?, ?)`,
  );
  for (const [winner, detail] of MERGED) insert.run(winner, detail);
  await migrateStore(path, { now: NOW });
  expect(
    raw.prepare('select contact_id, merged_into from merged_contacts order by 1').raw().all(),
  ).toEqual([
    [900, 1],
    [901, 1],
    [902, 1],
    [903, 2],
  ]);
});
