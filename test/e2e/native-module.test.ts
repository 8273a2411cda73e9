import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Ran } from '../helpers/run.ts';

/** The built program in an installation of its own, whose native module can be taken away. */

const ROOT = new URL('../..', import.meta.url).pathname;
const MODULE = 'node_modules/better-sqlite3/build/Release/better_sqlite3.node';
const COMPILER =
  'where it compiles it needs python3, make and g++ (Debian: apt install python3 make g++)';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rollcall-installed-'));
  const packages = [
    'bindings',
    'file-uri-to-path',
    'better-sqlite3/lib',
    'better-sqlite3/package.json',
    'better-sqlite3/build/Release',
  ];
  const parts = [
    'bin',
    'dist',
    'drizzle',
    'fixtures',
    'package.json',
    ...packages.map((name) => `node_modules/${name}`),
  ];
  for (const part of parts) cpSync(join(ROOT, part), join(folder, part), { recursive: true });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function node(...args: string[]): Ran {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: folder,
    env: { HOME: folder },
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

const rollcall = (...args: string[]): Ran => node('bin/rollcall.js', ...args);

function refused(why: string, command = 'npm rebuild better-sqlite3'): Ran {
  const message = `SQLite cannot be loaded on Node ${process.versions.node}: ${why}`;
  return {
    status: 69,
    stdout: '',
    stderr: `error: ${message}\nhint: run: cd ${folder} && ${command}; ${COMPILER}\n`,
  };
}

/** That of another Node: its name in the registration stands for the version of modules. */
const OTHER_NODE = `
  const dlopen = process.dlopen;
  process.dlopen = () => {
    const message = "The module 'better_sqlite3.node'\\nwas compiled against a different Node.js version using\\n" +
      'NODE_MODULE_VERSION 108. This version of Node.js requires\\nNODE_MODULE_VERSION 115. Please try re-compiling';
    throw Object.assign(new Error(message), { code: 'ERR_DLOPEN_FAILED' });
  };`;

describe('SQLite’s native module', () => {
  test('that was not built is 69 with what builds it, for every command that needs it and no other', () => {
    rollcall('init', '--db', 'crm.db');
    rmSync(join(folder, MODULE));
    const why = 'the native module of better-sqlite3 was not built';
    const commands = [
      ['init', '--db', 'new.db'],
      ...['status', 'segments:update', 'doctor', 'db:migrate'].map((name) => [
        name,
        '--db',
        'crm.db',
      ]),
    ];
    for (const command of commands) expect(rollcall(...command)).toEqual(refused(why));
    expect(rollcall('help').status).toBe(0);
    const demo = rollcall('demo');
    expect([demo.status, demo.stderr]).toEqual([69, refused(why).stderr]);
    const { status, stderr } = rollcall('status', '--db', 'crm.db', '--json');
    expect([status, JSON.parse(stderr)]).toMatchObject([
      69,
      { error: { code: 'NO_DRIVER', exit: 69 } },
    ]);
  });

  test('that is no module, or of another Node, is 69 as well', () => {
    rollcall('init', '--db', 'crm.db');
    writeFileSync(join(folder, MODULE), 'not a module');
    expect(rollcall('status', '--db', 'crm.db')).toEqual(
      refused(
        `the native module of better-sqlite3 does not load (${join(folder, MODULE)}: file too short)`,
      ),
    );
    writeFileSync(join(folder, 'other-node.cjs'), OTHER_NODE);
    expect(
      node('--require', './other-node.cjs', 'bin/rollcall.js', 'status', '--db', 'crm.db'),
    ).toEqual(
      refused('better-sqlite3 was built for another Node (module version 108, this one has 115)'),
    );
  });

  test('whose package is not there is 69, with npm install', () => {
    rmSync(join(folder, 'node_modules'), { recursive: true });
    expect(rollcall('init', '--db', 'crm.db')).toEqual(
      refused('the package is not installed', 'npm install'),
    );
  });

  test('is said to a program that uses the library door too', () => {
    rmSync(join(folder, MODULE));
    writeFileSync(
      join(folder, 'program.mjs'),
      `import { initStore } from './dist/index.js';
       await initStore('crm.db').catch(({ name, code, exit }) => console.log(JSON.stringify({ name, code, exit })));`,
    );
    expect(JSON.parse(node('program.mjs').stdout)).toEqual({
      name: 'UserError',
      code: 'NO_DRIVER',
      exit: 69,
    });
  });

  test('is not hidden by the step of the build that warms up: it fails with the same words', () => {
    rmSync(join(folder, MODULE));
    const { status, stderr } = node('bin/warm-up.js', 'dist');
    expect(status).not.toBe(0);
    expect(stderr).toContain(refused('the native module of better-sqlite3 was not built').stderr);
  });

  test('is looked for where npm has put it: in a folder above, for a package among others', () => {
    const inner = join(folder, 'node_modules/rollcall');
    for (const part of ['bin', 'dist', 'drizzle', 'package.json'])
      cpSync(join(folder, part), join(inner, part), { recursive: true });
    rmSync(join(folder, MODULE));
    symlinkSync('node_modules/rollcall/bin/rollcall.js', join(folder, 'rollcall'));
    const { status, stderr } = node('rollcall', 'init', '--db', 'crm.db');
    expect([status, stderr]).toEqual([
      69,
      refused('the native module of better-sqlite3 was not built').stderr,
    ]);
  });
});
