import { sql } from 'drizzle-orm';
import Sqlite from 'better-sqlite3';
import { expect, test } from 'vitest';
import { SqliteSession } from '../../src/store/sqlite/session.ts';
import { MatchTable, unpacked } from '../../src/store/sqlite/scan/match-table.ts';
import { BitSet } from '../../src/support/bit-set.ts';

const SEGMENT = 7;

/** Keeps these ids, all of which match, as a batch of the scan. */
function keep(table: MatchTable, ids: readonly number[]): void {
  const all = new BitSet(ids.length).complement();
  table.add({ ids, anonymous: Uint8Array.from(ids, (id) => id % 2) }, [all]);
}

test('what several threads found comes in the order of ids, also where it is joined', async () => {
  const db = new SqliteSession(new Sqlite(':memory:'));
  const tables = ['one', 'other'].map((schema) => {
    db.raw.exec(`attach ':memory:' as ${schema}`);
    const table = new MatchTable(db, schema, [SEGMENT]);
    table.clear();
    return table;
  });
  for (const [at, ids] of [[5, 6], [1, 2, 3], [10], [7, 8, 9]].entries())
    keep(tables[at % 2]!, ids);
  db.raw.exec('create table joining (contact_id, anonymous)');
  await db.run(sql`
    insert into joining (contact_id, anonymous)
    select joiners.contact_id, joiners.anonymous
    from (select * from ${unpacked(['one', 'other'], SEGMENT)}) as joiners`);
  const found = await db.all<{ id: number; anonymous: number }>(
    sql`select contact_id as id, anonymous from joining order by rowid`,
  );
  expect(found).toEqual([1, 2, 3, 5, 6, 7, 8, 9, 10].map((id) => ({ id, anonymous: id % 2 })));
  db.raw.close();
});
