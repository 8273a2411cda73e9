import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { expect, onTestFinished, test } from 'vitest';
import { copyStore } from '../../src/copy-store.ts';
import { openStore } from '../../src/open-store.ts';
import { examineStore } from '../../src/segment/doctor/examine.ts';
import { initStore } from '../../src/store/sqlite/open.ts';
import { describePostgres, freshSchema, type FreshSchema } from '../helpers/postgres.ts';
import { NOW } from './conformance/fixture.ts';
import { contentsOf, fillStore } from './filled-store.ts';

/** A store with rows in every table, and a schema that is not there yet. */
async function filled(): Promise<{ folder: string; path: string; database: FreshSchema }> {
  const folder = mkdtempSync(join(tmpdir(), 'rollcall-copy-'));
  const database = await freshSchema({ isMade: false });
  onTestFinished(async () => {
    rmSync(folder, { recursive: true });
    await database.cleanup();
  });
  const path = join(folder, 'crm.db');
  await initStore(path);
  await changed(path, async (raw) => {
    const store = await openStore(path);
    await fillStore(store, raw);
    await store.close();
    // what the copy has no place for is not to be compared
    raw.exec('drop view by_the_user; drop index of_the_user');
  });
  return { folder, path, database };
}

async function changed(path: string, work: (raw: Sqlite.Database) => Promise<void>): Promise<void> {
  const raw = new Sqlite(path);
  try {
    await work(raw);
  } finally {
    raw.close();
  }
}

/** Without what is left behind: how much of the log was seen. */
function rowsOf(path: string): Record<string, unknown[]> {
  const raw = new Sqlite(path, { readonly: true });
  try {
    return Object.fromEntries(
      Object.entries(contentsOf(raw).rows).map(([table, rows]) => [table, rows.map(unseen)]),
    );
  } finally {
    raw.close();
  }
}

function unseen(row: unknown): unknown {
  const { properties, ...rest } = { ...(row as Record<string, unknown>) };
  for (const column of ['seen_epoch', 'bulk_epoch']) if (column in rest) rest[column] = null;
  return typeof properties === 'string' ? { ...rest, properties: JSON.parse(properties) } : rest;
}

async function faultsOf(place: string): Promise<unknown[]> {
  const store = await openStore(place);
  try {
    const found = await examineStore(store, {
      now: NOW,
      deep: true,
      staleMs: 1e12,
      onCheck: () => undefined,
    });
    return found.flatMap(({ id, findings }) =>
      // tests run without fsync, and the filled store has odd rows of its own
      id === 'server' ? [] : findings.filter(({ severity }) => severity === 'error'),
    );
  } finally {
    await store.close();
  }
}

describePostgres('a copy of a store', () => {
  test('into a database and back has the same rows in every table', async () => {
    const { folder, path, database } = await filled();
    const back = join(folder, 'back.db');
    const { tables, left } = await copyStore(path, { to: database.url });
    expect(left).toEqual([]);
    expect(Object.entries(tables).filter(([, rows]) => rows === 0)).toEqual([]);
    await copyStore(database.url, { to: back });
    expect(rowsOf(back)).toEqual(rowsOf(path));
  });

  test('gives no id twice, keeps the cursors of moves and has everything built anew', async () => {
    const { path, database } = await filled();
    await changed(path, async (raw) => {
      raw.exec("update sqlite_sequence set seq = 5000 where name = 'contacts'");
    });
    await copyStore(path, { to: database.url });
    const raw = new Sqlite(path, { readonly: true });
    const timeline = raw.prepare('select timeline from capture').pluck().get();
    raw.close();
    expect(await database.ask('select timeline from capture')).toEqual([{ timeline }]);
    expect(
      await database.ask('select seen_epoch from segments where seen_epoch is not null'),
    ).toEqual([]);
    const [next] = await database.ask(
      'insert into contacts (created_at, updated_at) values (0, 0) returning id',
    );
    expect(next).toEqual({ id: 5001 });
  });

  test('is refused where something stands already, and leaves it alone', async () => {
    const { folder, path, database } = await filled();
    await copyStore(path, { to: database.url });
    await expect(copyStore(path, { to: database.url })).rejects.toMatchObject({
      code: 'NOT_EMPTY',
      exit: 1,
    });
    expect(await database.ask('select count(*) as contacts from contacts')).toEqual([
      { contacts: 12 },
    ]);
    await copyStore(path, { to: join(folder, 'other.db') });
    expect(rowsOf(join(folder, 'other.db'))).toEqual(rowsOf(path));
  });

  test('that meets a value which a database does not take leaves nothing behind', async () => {
    const { path, database } = await filled();
    await changed(path, async (raw) => {
      raw.exec('update contacts set points = 1e305 where id = 3');
    });
    await expect(copyStore(path, { to: database.url })).rejects.toMatchObject({
      code: 'BAD_VALUE',
      exit: 65,
      message: expect.stringContaining('contacts') as string,
    });
    await expect(openStore(database.url)).rejects.toMatchObject({ code: 'NO_STORE' });
    await changed(path, async (raw) => {
      raw.exec(
        "update contacts set points = 3 where id = 3; update events set properties = '{' where id = 1",
      );
    });
    await expect(copyStore(path, { to: database.url })).rejects.toThrow('event 1 are no JSON');
  });

  test('waits for no update that is under way', async () => {
    const { path, database } = await filled();
    const other = await openStore(path);
    const lock = await other.lockRuns(0);
    await expect(copyStore(path, { to: database.url })).rejects.toMatchObject({ code: 'LOCKED' });
    await lock?.release();
    await other.close();
  });

  test('is as sound as the store', async () => {
    const { folder, path, database } = await filled();
    const back = join(folder, 'back.db');
    await copyStore(path, { to: database.url });
    await copyStore(database.url, { to: back });
    expect((await faultsOf(back)).length).toBe((await faultsOf(path)).length);
  });
});
