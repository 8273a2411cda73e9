import { existsSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { initStore } from '../../src/store/sqlite/open.ts';
import { addContacts } from './conformance/fixture.ts';
import { inOwnProcess } from './library-process.ts';
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
  await fixture.cleanup();
});

describe('a new store', () => {
  test('is made once; one that stands there is left alone', async () => {
    await fixture.store.close();
    fixture.raw.close();
    const before = readFileSync(path);
    expect(await initStore(path)).toEqual({ created: false, names: 1 });
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  test('is not made in a folder that does not exist (73), unless that is asked for', async () => {
    const deep = join(folder, 'a', 'b', 'crm.db');
    await expect(initStore(deep)).rejects.toMatchObject({
      name: 'UserError',
      code: 'NO_FOLDER',
      exit: 73,
      message: `the folder ${join(folder, 'a', 'b')} does not exist`,
    });
    expect(existsSync(join(folder, 'a'))).toBe(false);
    expect(await initStore(deep, { makeFolder: true })).toEqual({ created: true, names: 1 });
  });

  test('is not made where a link leads nowhere', async () => {
    symlinkSync('none.db', join(folder, 'dangling.db'));
    await expect(initStore(join(folder, 'dangling.db'))).rejects.toMatchObject({
      code: 'NO_STORE',
      exit: 69,
    });
  });

  test('made by several processes at once is made by one', async () => {
    const fresh = join(folder, 'new.db');
    const library = new URL('../../dist/index.js', import.meta.url).href;
    const making = `import { initStore } from ${JSON.stringify(library)};
      process.stdout.write(JSON.stringify(await initStore(${JSON.stringify(fresh)})));`;
    const race = `
      const make = (resolve) => {
        const words = ['--input-type=module', '--eval', ${JSON.stringify(making)}];
        const child = spawn(process.execPath, words);
        let output = '';
        child.stdout.on('data', (chunk) => { output += chunk; });
        child.on('close', () => resolve(output));
      };
      const outcomes = await Promise.all(Array.from({ length: 4 }, () => new Promise(make)));
      const made = outcomes.map((outcome) => outcome && JSON.parse(outcome).created);
      process.stdout.write(JSON.stringify(made));`;
    const outcomes = inOwnProcess(
      `import { spawn } from 'node:child_process';\n${race}`,
    ) as boolean[];
    expect([...outcomes].sort()).toEqual([false, false, false, true]);
    expect(readdirSync(folder).filter((name) => name.startsWith('new'))).toEqual(['new.db']);
  });
});
