import { chmodSync, copyFileSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { addContacts } from './conformance/fixture.ts';
import { asStranger, strangersCanRun, tellingOutcome } from './library-process.ts';
import { type SqliteFixture, sqliteFixture } from './sqlite-fixture.ts';

let fixture: SqliteFixture;
let folder = '';
let path = '';
beforeEach(async () => {
  fixture = await sqliteFixture();
  ({ folder, path } = fixture);
  await fixture.store.write(async (tx) => addContacts(tx, { email: 'ada@example.org' }));
});
afterEach(async () => {
  chmodSync(folder, 0o700);
  await fixture.cleanup();
});

/** Closes what the fixture has open, so that the file is all there is of the store. */
async function closed(): Promise<void> {
  fixture.raw.close();
  await fixture.store.close();
  expect(readdirSync(folder)).toEqual(['crm.db']);
}

describe.skipIf(!strangersCanRun())('without permission', () => {
  const openAndCount = (where: string): string =>
    tellingOutcome(`
    const store = await openStore(${JSON.stringify(where)});
    const count = await store.read(async (tx) => tx.contacts.count({}));
    await store.close();
    return count;`);
  const write = (where: string): string =>
    tellingOutcome(`
    const store = await openStore(${JSON.stringify(where)});
    try { await store.write(async (tx) => tx.contacts.insert({}, 0)); } finally { await store.close(); }`);

  test('to read it, a store is refused (77)', async () => {
    await closed();
    chmodSync(folder, 0o755);
    chmodSync(path, 0o000);
    expect(asStranger(openAndCount(path))).toMatchObject({
      name: 'UserError',
      code: 'NO_PERMISSION',
      exit: 77,
      message: `no permission to read the store ${path}`,
      hint: 'run as the user who owns it, or change its owner',
    });
  });

  test('to enter its folder, a store is refused (77)', async () => {
    await closed();
    const inner = join(folder, 'inner');
    mkdirSync(inner);
    copyFileSync(path, join(inner, 'crm.db'));
    chmodSync(folder, 0o755);
    chmodSync(inner, 0o000);
    expect(asStranger(openAndCount(join(inner, 'crm.db')))).toMatchObject({
      code: 'NO_PERMISSION',
      exit: 77,
    });
    chmodSync(inner, 0o700);
  });

  test('to write it, a store is opened for reading, and writing is refused (77)', async () => {
    await closed();
    chmodSync(folder, 0o777);
    chmodSync(path, 0o444);
    expect(asStranger(openAndCount(path))).toEqual({ ok: 1 });
    expect(asStranger(write(path))).toMatchObject({
      name: 'UserError',
      code: 'NO_PERMISSION',
      exit: 77,
      message: `no permission to write to the store ${path} or its folder`,
    });
  });

  test('to write in its folder, a store is refused (77)', async () => {
    await closed();
    chmodSync(folder, 0o555);
    chmodSync(path, 0o666);
    expect(asStranger(write(path))).toMatchObject({
      name: 'UserError',
      code: 'NO_PERMISSION',
      exit: 77,
    });
  });

  test('to write in its folder, none is made (77)', () => {
    chmodSync(folder, 0o555);
    const fresh = join(folder, 'new.db');
    expect(asStranger(tellingOutcome(`await initStore(${JSON.stringify(fresh)});`))).toMatchObject({
      name: 'UserError',
      code: 'NO_PERMISSION',
      exit: 77,
      message: `no permission to create a store in ${folder}`,
    });
    chmodSync(folder, 0o700);
    expect(readdirSync(folder).filter((name) => name.startsWith('new'))).toEqual([]);
  });
});
