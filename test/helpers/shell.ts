import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { BIN, type Ran } from './run.ts';

export const FIXTURES = new URL('../../fixtures', import.meta.url).pathname;

/** A folder with the fixtures, and a shell in it that knows the built `rollcall` and nothing else, as cron's does. */
export interface Shell {
  readonly folder: string;
  /** Runs a command line as it was typed. */
  run(line: string): Ran;
  /** Starts one beside the others. */
  start(line: string): ChildProcess;
  remove(): void;
}

export function openShell(): Shell {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'rollcall-shell-')));
  const folder = join(root, 'work');
  const path = join(root, 'bin');
  mkdirSync(path);
  symlinkSync(BIN, join(path, 'rollcall'));
  cpSync(FIXTURES, folder, { recursive: true });
  const options = { cwd: folder, env: { PATH: [path, dirname(process.execPath), '/usr/bin', '/bin'].join(':') } };
  return {
    folder,
    run(line) {
      const { status, stdout, stderr } = spawnSync('/bin/sh', ['-c', line], { ...options, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], maxBuffer: 2 ** 28 });
      return { status, stdout, stderr };
    },
    start: (line) => spawn('/bin/sh', ['-c', `exec ${line}`], { ...options, stdio: ['ignore', 'pipe', 'pipe'] }),
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}
