import type { ChildProcess } from 'node:child_process';
import { sql } from 'drizzle-orm';
import { expect, onTestFinished, test } from 'vitest';
import type { PostgresStore } from '../../../src/store/postgres/postgres-store.ts';
import { describePostgres } from '../../helpers/postgres.ts';
import { startProcess } from '../library-process.ts';
import { openDatabase, storeOver, writableSchema } from './fixture.ts';
import { postgresFixture } from './store-fixture.ts';

const openStore = async (url: string): Promise<PostgresStore> => storeOver(await openDatabase(url));

/** A process that holds the run lock of the schema, as a run of rollcall does. */
async function startHolder(url: string): Promise<ChildProcess> {
  const child = await startProcess(`
    const store = await openStore(${JSON.stringify(url)});
    const lock = await store.lockRuns(0);
    process.stdout.write(lock === undefined ? 'refused' : 'held');`);
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

describePostgres('locks', () => {
  test('at most one holds the run lock, until it is released', async () => {
    const { url } = await writableSchema();
    const [one, two] = [await openStore(url), await openStore(url)];
    expect(await one.isRunLocked()).toBe(false);
    const lock = await one.lockRuns(0);
    expect([await one.isRunLocked(), await two.isRunLocked()]).toEqual([true, true]);
    expect(await two.lockRuns(0)).toBeUndefined();
    expect(await two.lockRuns(50)).toBeUndefined();
    await lock?.release();
    expect(await two.isRunLocked()).toBe(false);
    expect(await two.lockRuns(0)).toBeDefined();
  });

  test.each([60_000, Infinity])('the run lock is waited for (%d ms)', async (waitMs) => {
    const { url } = await writableSchema();
    const [one, two] = [await openStore(url), await openStore(url)];
    const lock = await one.lockRuns(0);
    const waiting = two.lockRuns(waitMs);
    const watch = await openDatabase(url);
    const waits = sql`select count(*) from pg_locks where locktype = 'advisory' and not granted`;
    while ((await watch.value(waits)) === 0);
    await lock?.release();
    expect(await waiting).toBeDefined();
    expect(await one.isRunLocked()).toBe(true);
  });

  test('each schema has a run lock of its own, and each command a hook lock', async () => {
    const [one, two] = [
      await openStore((await writableSchema()).url),
      await openStore((await writableSchema()).url),
    ];
    expect(await one.lockRuns(0)).toBeDefined();
    expect(await two.lockRuns(0)).toBeDefined();
    expect(await one.lockHook('a', 0)).toBeDefined();
    expect(await one.lockHook('a', 0)).toBeUndefined();
    expect(await one.lockHook('b', 0)).toBeDefined();
    expect(await two.lockHook('a', 0)).toBeDefined();
  });

  test('the run lock of a process that is killed is free', async () => {
    const { url, cleanup } = await postgresFixture();
    onTestFinished(cleanup);
    const child = await startHolder(url);
    const store = await openStore(url);
    expect(await store.lockRuns(0)).toBeUndefined();
    child.kill('SIGKILL');
    expect(await store.lockRuns(60_000)).toBeDefined();
  });

  test('whoever holds it does not hold up vacuum', async () => {
    const { url, ask } = await writableSchema();
    const store = await openStore(url);
    await store.lockRuns(0);
    const [holder] = await ask(`
      select a.backend_xmin, a.backend_xid, a.application_name
      from pg_locks as l join pg_stat_activity as a using (pid)
      where l.locktype = 'advisory' and l.objid = (select oid from pg_namespace where nspname = current_schema())`);
    expect(holder).toMatchObject({ backend_xmin: null, backend_xid: null });
    expect(holder?.['application_name']).toMatch(/^rollcall\/\d+@/);
  });

  test('a run whose lock was lost with its connection writes nothing more (74)', async () => {
    const { url, ask } = await writableSchema();
    const store = await openStore(url);
    const lock = await store.lockRuns(0);
    await ask(`
      select pg_terminate_backend(pid) from pg_locks
      where locktype = 'advisory' and objid = (select oid from pg_namespace where nspname = current_schema())`);
    while (await store.isRunLocked());
    await expect(store.write(async () => 1)).rejects.toMatchObject({
      code: 'CONNECTION_LOST',
      exit: 74,
    });
    await lock?.release();
    expect(await store.write(async () => 1)).toBe(1);
  });

  test('a schema that is not there has no run lock (69)', async () => {
    const { url, ask, schema } = await writableSchema();
    const store = await openStore(url);
    await ask(`drop schema ${schema} cascade`);
    await expect(store.lockRuns(0)).rejects.toMatchObject({ code: 'NO_STORE', exit: 69 });
    await expect(store.write(async () => 1)).rejects.toMatchObject({ code: 'NO_STORE', exit: 69 });
  });
});
