import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterEach, expect, test, vi } from 'vitest';
import { filledFolder, runLine, STORY } from './command-story.ts';

/*
 * Whatever a command writes is dated when nobody else can write any more. Here each wait for that
 * takes an hour, and the clock is odd within transactions that write and even outside of them.
 */

const HOUR = 3_600_000;

type Exec = (this: Sqlite.Database, source: string) => Sqlite.Database;

function slowLock(): void {
  const exec = Object.getOwnPropertyDescriptor(Sqlite.prototype, 'exec')?.value as Exec;
  let now = Date.parse('2026-03-01T10:00:00Z');
  vi.spyOn(Date, 'now').mockImplementation(() => now);
  vi.spyOn(Sqlite.prototype, 'exec').mockImplementation(function (this: Sqlite.Database, source) {
    const done = exec.call(this, source);
    if (source === 'begin immediate') now += HOUR + 1;
    if (['commit', 'rollback'].includes(source) && now % 2 === 1) now += 1;
    return done;
  });
}

afterEach(() => void vi.restoreAllMocks());

/** What other programs and files say of when it was. */
const TOLD = new Set([
  'events.occurred_at',
  'contacts.last_active_at',
  '__drizzle_migrations.created_at',
]);

/** `causes.at` of each instant that was read outside of a transaction that writes. */
function strays(path: string): string[] {
  const db = new Sqlite(path, { readonly: true });
  try {
    const columns = db
      .prepare<[], { place: string; table: string; column: string }>(
        `select t.name || '.' || c.name as place, t.name as "table", c.name as "column"
        from pragma_table_list as t
        cross join pragma_table_info(t.name) as c
        where t.schema = 'main' and t.type = 'table' and t.name not like 'sqlite_%'
          and (c.name = 'at' or c.name like '%\\_at' escape '\\' or c.name = 'now')`,
      )
      .all();
    expect(columns.length).toBeGreaterThan(20);
    return columns
      .filter(({ place }) => !TOLD.has(place))
      .flatMap(({ place, table, column }) => {
        const odd = `select 1 from "${table}" where "${column}" % 2 = 0 and "${column}" <> 0`;
        return db.prepare(odd).get() === undefined ? [] : [place];
      });
  } finally {
    db.close();
  }
}

/** A backup and a restore put files in place of others. */
const LAST = STORY.findIndex(({ line }) => line.startsWith('backup'));

test('every command dates what it writes by the clock of its transaction', async () => {
  slowLock();
  const { folder } = filledFolder();
  await runLine(folder, 'init');
  for (const { line } of STORY.slice(0, LAST)) {
    expect(await runLine(folder, line)).toEqual({ line, status: 0, stderr: '' });
    expect({ line, strays: strays(join(folder, 'crm.db')) }).toEqual({ line, strays: [] });
  }
}, 120_000);
