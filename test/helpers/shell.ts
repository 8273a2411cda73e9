import { type SpawnOptions, execFileSync, spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { BIN, type Ran } from './run.ts';

const ROOT = new URL('../..', import.meta.url).pathname;
export const FIXTURES = join(ROOT, 'fixtures');

/**
 * A folder with the fixtures, and a shell in it that knows the built `rollcall` and little else, as
 * cron's does.
 */
export interface Shell {
  readonly folder: string;
  /** Runs a command line as it was typed. */
  readonly run: (line: string) => Ran;
  /** Like `run`, beside other processes. */
  readonly start: (line: string) => Promise<Ran>;
  /**
   * Runs one as somebody whom permissions hold for: as another user where the tests run as root,
   * who is refused nothing, else as ourselves. Refuse them by mode 000 or 555, which holds for
   * owners too.
   */
  readonly runRefusable: (line: string) => Ran;
  /** How processes are another user's, who reaches the program: for tests that run as root. */
  readonly asNobody: () => SpawnOptions & { readonly env: { readonly PATH: string } };
  readonly remove: () => void;
}

export function openShell(): Shell {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'rollcall-shell-')));
  const folder = join(root, 'work');
  cpSync(FIXTURES, folder, { recursive: true });
  const options = { cwd: folder, env: { PATH: pathWith(root, BIN) } };
  return {
    folder,
    run: (line) => runLine(line, options),
    start: async (line) => startLine(line, options),
    runRefusable: (line) =>
      process.getuid?.() === 0
        ? runLine(line, { ...options, ...asNobody(root) })
        : runLine(line, options),
    asNobody: () => asNobody(root),
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}

/** A PATH on which this program is `rollcall`. */
function pathWith(root: string, program: string): string {
  const folder = join(root, 'path');
  mkdirSync(folder);
  symlinkSync(program, join(folder, 'rollcall'));
  return [folder, dirname(process.execPath), '/usr/bin', '/bin'].join(':');
}

/**
 * Another user's id, and a copy of the program within their reach: the checkout may stand in a
 * private folder.
 */
function asNobody(root: string): ReturnType<Shell['asNobody']> {
  const copy = join(root, 'nobody');
  rmSync(copy, { recursive: true, force: true });
  for (const part of [
    'bin',
    'dist',
    'drizzle',
    'package.json',
    ...[
      'bindings',
      'file-uri-to-path',
      'better-sqlite3/lib',
      'better-sqlite3/package.json',
      'better-sqlite3/build/Release',
    ].map((name) => `node_modules/${name}`),
  ]) {
    cpSync(join(ROOT, part), join(copy, part), { recursive: true });
  }
  execFileSync('chmod', ['-R', 'a+rX', copy]);
  chmodSync(root, 0o755);
  return { uid: 65_534, gid: 65_534, env: { PATH: pathWith(copy, join(copy, 'bin/rollcall.js')) } };
}

function runLine(line: string, options: SpawnOptions): Ran {
  const { status, stdout, stderr } = spawnSync('/bin/sh', ['-c', line], {
    ...options,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 2 ** 28,
  });
  return { status, stdout, stderr };
}

async function startLine(line: string, options: SpawnOptions): Promise<Ran> {
  const child = spawn('/bin/sh', ['-c', line], { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status) => resolve({ status, stdout, stderr }));
  });
}
