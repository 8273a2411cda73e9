import { spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  readdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { BIN, type World, makeWorld } from '../helpers/run.ts';
import { openShell } from '../helpers/shell.ts';

function worldWithStore(): World {
  const world = makeWorld();
  world.ok('init', '--db', 'a.db');
  return world;
}

describe('standard output', () => {
  it('may be closed by who reads it: the end is quiet, the exit code the command’s own', async () => {
    const { folder } = worldWithStore();
    const child = spawn(process.execPath, [BIN, 'settings:list', '--db', 'a.db', '--json'], {
      cwd: folder,
      env: { HOME: folder },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child.stdout.destroy();
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    const status = await new Promise((resolve) => child.once('close', resolve));
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });

  it.each([['settings:list', '--db', 'a.db'], ['help'], ['--version']])(
    'on a full disk is an error: %j',
    (...args) => {
      const world = worldWithStore();
      const full = openSync('/dev/full', 'w');
      const { status, stderr } = world.runWith(
        { stdio: ['ignore', full, 'pipe'], now: undefined },
        ...args,
      );
      closeSync(full);
      expect(stderr).toBe(
        'error: cannot write to standard output: no space left on device\n' +
          'hint: free some space or name another place\n',
      );
      expect(status).toBe(74);
    },
  );

  it('is what -o - names', () => {
    expect(worldWithStore().ok('settings:get', 'timezone', '--db', 'a.db', '-o', '-')).toBe(
      'UTC\n',
    );
  });
});

describe('-o FILE', () => {
  it('writes the file whole, for its owner only, and says how many rows it has', () => {
    const world = worldWithStore();
    writeFileSync(
      join(world.folder, 'out.csv'),
      'something older and longer than what comes now\n'.repeat(20),
    );
    expect(world.run('settings:list', '--db', 'a.db', '--format', 'csv', '-o', 'out.csv')).toEqual({
      status: 0,
      stdout: '',
      stderr: expect.stringMatching(/^\d+ rows written\n$/) as string,
    });
    expect(readFileSync(join(world.folder, 'out.csv'), 'utf8')).toMatch(
      /^name,value,about\ntimezone,UTC,/,
    );
    expect(statSync(join(world.folder, 'out.csv')).mode & 0o777).toBe(0o600);
    expect(readdirSync(world.folder).sort()).toEqual(['a.db', 'out.csv']);
  });

  it('holds the message of a command too, even with -q', () => {
    const world = worldWithStore();
    world.ok('settings:set', 'timezone', 'Europe/Paris', '--db', 'a.db', '-q', '-o', 'said.txt');
    expect(readFileSync(join(world.folder, 'said.txt'), 'utf8')).toBe(
      'timezone is now Europe/Paris\n',
    );
  });

  it('leaves what stood there when the command fails', () => {
    const world = makeWorld();
    const path = world.file('out.csv', 'old');
    expect(world.run('settings:list', '--db', 'missing.db', '-o', 'out.csv').status).toBe(69);
    expect(readFileSync(path, 'utf8')).toBe('old');
    expect(readdirSync(world.folder)).toEqual(['out.csv']);
  });

  it('writes through a link', () => {
    const world = worldWithStore();
    symlinkSync('real.txt', join(world.folder, 'link.txt'));
    world.file('real.txt', 'old');
    world.ok('settings:get', 'timezone', '--db', 'a.db', '-o', 'link.txt');
    expect(readFileSync(join(world.folder, 'real.txt'), 'utf8')).toBe('UTC\n');
  });

  it.each([
    ['missing/out.csv', 'cannot write to missing/out.csv: the folder missing does not exist'],
    ['folder', 'cannot write to folder: it is a folder'],
    ['a.db/out.csv', 'cannot write to a.db/out.csv: not a directory'],
  ])('%s cannot be created (73), and nothing is done', (path, message) => {
    const world = worldWithStore();
    mkdirSync(join(world.folder, 'folder'));
    const { status, stdout, stderr } = world.run(
      'settings:set',
      'week-start',
      'sunday',
      '--db',
      'a.db',
      '-o',
      path,
    );
    expect({ status, stdout }).toEqual({ status: 73, stdout: '' });
    expect(stderr).toContain(`error: ${message}\n`);
    expect(world.ok('settings:get', 'week-start', '--db', 'a.db')).toBe('monday\n');
  });

  it('on a full device is an error (74)', () => {
    expect(worldWithStore().run('settings:list', '--db', 'a.db', '-o', '/dev/full').status).toBe(
      74,
    );
  });

  it.skipIf(spawnSync('unshare', ['-rm', 'true']).status !== 0)(
    'on a read-only file system cannot be created (73)',
    () => {
      const world = worldWithStore();
      mkdirSync(join(world.folder, 'ro'));
      const script = `mount -t tmpfs -o ro none ro && exec "$0" "$1" settings:list --db a.db -o ro/out.csv`;
      const { status, stderr } = spawnSync(
        'unshare',
        ['-rm', 'sh', '-c', script, process.execPath, BIN],
        { cwd: world.folder, encoding: 'utf8' },
      );
      expect(stderr).toBe(
        'error: cannot write to ro/out.csv: read-only file system\nhint: name another place\n',
      );
      expect(status).toBe(73);
    },
  );

  it('without permission is 77', () => {
    const shell = openShell();
    onTestFinished(() => shell.remove());
    chmodSync(shell.folder, 0o555); // one may look, not write
    const { status, stderr } = shell.runRefusable('rollcall help -o out.txt');
    expect(stderr).toBe(
      'error: no permission to write to out.txt\nhint: name another place, or change its owner\n',
    );
    expect(status).toBe(77);
    expect(existsSync(join(shell.folder, 'out.txt'))).toBe(false);
  });
});

describe('a bug', () => {
  it('shows its trace and asks for a report (70)', () => {
    const env = {
      NODE_OPTIONS: `--import=data:text/javascript,Date.now=()=>{throw%20new%20TypeError('no%20clock')}`,
    };
    const { status, stdout, stderr } = makeWorld().runWith({ env, now: undefined }, 'help');
    expect({ status, stdout }).toEqual({ status: 70, stdout: '' });
    expect(stderr).toMatch(
      /^error: this is a bug in rollcall: no clock\n {2}TypeError: no clock\n {6}at .*\n[^]*hint: please report it with the trace above and what you did\n$/,
    );
  });

  it('is the same when nobody waited for what was thrown', () => {
    const env = {
      NODE_OPTIONS:
        '--import=data:text/javascript,' +
        "Date.now=()=>{setImmediate(()=>{throw%20new%20TypeError('late')});return%20new%20Promise(()=>{})}",
    };
    const { status, stderr } = makeWorld().runWith({ env, now: undefined }, 'help', 'init');
    expect(status).toBe(70);
    expect(stderr).toContain('error: this is a bug in rollcall: TypeError: late\n');
  });
});
