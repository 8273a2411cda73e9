import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { BIN, makeWorld } from '../helpers/run.ts';

const require = createRequire(import.meta.url);
const { isSupported } = require('../../bin/node-version.js') as {
  isSupported: (version: string) => boolean;
};
const { engines } = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8'),
) as { engines: { node: string } };

const EXPECTED = process.env['ROLLCALL_TEST_NODE'];

if (EXPECTED !== undefined) {
  test('these tests run on the version of Node that they are said to', () => {
    expect(process.versions.node.split('.')[0]).toBe(EXPECTED);
  });
}

/** As npm reads `^20.19.0 || >=22.12.0`; package.json and the check have to say the same. */
test.each([
  ['8.17.0', false],
  ['18.20.4', false],
  ['20.18.3', false],
  ['20.19.0', true],
  ['20.20.2', true],
  ['21.7.3', false],
  ['22.11.0', false],
  ['22.12.0', true],
  ['24.21.0', true],
  ['26.10.0', true],
])('Node %s: %s', (version, supported) => {
  expect([engines.node, isSupported(version)]).toEqual(['^20.19.0 || >=22.12.0', supported]);
});

test('another Node is told in two lines, before anything that it may not know', () => {
  const world = makeWorld();
  const older = world.file(
    'older.cjs',
    "Object.defineProperty(process.versions, 'node', { value: '18.20.4' });\n",
  );
  const { status, stdout, stderr } = spawnSync(process.execPath, ['-r', older, BIN, '--version'], {
    encoding: 'utf8',
  });
  expect([status, stdout, stderr]).toEqual([
    69,
    '',
    'error: rollcall needs Node 20.19, or 22.12 or newer; this is Node 18.20.4\n' +
      'hint: install one of these, and see that it comes first in PATH (cron has a PATH of its ' +
      'own)\n',
  ]);
});

/**
 * Node 24 ends a process whose handles are collected outside JavaScript: see
 * src/store/sqlite/file/kept-handles.ts.
 */
test('handles that nobody uses any more end no process that lives on', () => {
  const world = makeWorld();
  const library = new URL('../../dist/index.js', import.meta.url).href;
  const script = world.file(
    'idle.mjs',
    `
    import { createSegment, initStore, openStore } from ${JSON.stringify(library)};
    import { setTimeout as wait } from 'node:timers/promises';
    await initStore('crm.db');
    for (let round = 1; round <= 5; round++) {
      const store = await openStore('crm.db');
      for (let number = 1; number <= 20; number++) {
        const segment = { name: \`s \${round} \${number}\`, where: 'points > 1' };
        await store.write(async (tx) => createSegment(tx, segment, { now: 0, by: 'test' }));
      }
      await store.close();
    }
    globalThis.gc();
    for (let round = 1; round <= 100; round++) {
      globalThis.garbage = Array.from({ length: 10_000 }, (_, index) => ({ index }));
      await wait(1); // collections are at work while nothing of the script runs
    }
    globalThis.gc({ execution: 'async' });
    await wait(1);
    console.log('done');`,
  );
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--expose-gc', script], {
    cwd: world.folder,
    encoding: 'utf8',
  });
  expect([status, stdout, stderr]).toEqual([0, 'done\n', '']);
});
