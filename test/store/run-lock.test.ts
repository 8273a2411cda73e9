import { existsSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openStore } from '../../src/store/sqlite/open.ts';
import { inOwnProcess, startProcess } from './library-process.ts';
import { type SqliteFixture, sqliteFixture } from './sqlite-fixture.ts';

let fixture: SqliteFixture;
beforeEach(async () => {
  fixture = await sqliteFixture();
});
afterEach(async () => fixture.cleanup());

const holding = (path: string): string => `
  const store = await openStore(${JSON.stringify(path)});
  const lock = await store.lockRuns(0);
  process.stdout.write(lock === undefined ? 'refused' : 'held');
  setInterval(() => lock, 1e6);`;

for (const signal of ['SIGKILL', 'SIGTERM', 'SIGINT'] as const) {
  test(`the run lock of a process that dies of ${signal} is free`, async () => {
    const child = await startProcess(holding(fixture.path));
    expect(await fixture.store.lockRuns(0)).toBeUndefined();
    const waiting = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    await waiting;
    const lock = await fixture.store.lockRuns(0);
    expect(lock).toBeDefined();
    await lock?.release();
  });
}

test('the run lock held here is refused to another process', async () => {
  const lock = await fixture.store.lockRuns(0);
  const ask =
    `const store = await openStore(${JSON.stringify(fixture.path)}); ` +
    'process.stdout.write(JSON.stringify((await store.lockRuns(0)) === undefined)); ' +
    'await store.close();';
  expect(inOwnProcess(ask)).toBe(true);
  await lock?.release();
  expect(inOwnProcess(ask)).toBe(false);
});

test('the run lock is waited for', async () => {
  const child = await startProcess(holding(fixture.path));
  child.kill('SIGKILL'); // and while it is dying:
  const lock = await fixture.store.lockRuns(Infinity);
  expect(lock).toBeDefined();
  await lock?.release();
});

test('a store reached by a link has one run lock, beside the real file', async () => {
  const link = join(fixture.folder, 'link.db');
  symlinkSync('crm.db', link);
  const linked = await openStore(link);
  const lock = await linked.lockRuns(0);
  expect(await fixture.store.lockRuns(0)).toBeUndefined();
  expect([existsSync(`${fixture.path}.lock`), existsSync(`${link}.lock`)]).toEqual([true, false]);
  await lock?.release();
  await linked.close();
});

test('whether the run lock is held can be asked without taking it, from here and from elsewhere', async () => {
  expect(await fixture.store.isRunLocked()).toBe(false);
  expect(existsSync(`${fixture.path}.lock`)).toBe(false); // asking makes nothing
  const lock = await fixture.store.lockRuns(0);
  const ask =
    `const store = await openStore(${JSON.stringify(fixture.path)}); ` +
    'process.stdout.write(JSON.stringify(await store.isRunLocked())); await store.close();';
  expect([await fixture.store.isRunLocked(), inOwnProcess(ask)]).toEqual([true, true]);
  await lock?.release();
  expect([await fixture.store.isRunLocked(), inOwnProcess(ask)]).toEqual([false, false]);
});
