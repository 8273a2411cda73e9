import { type SpawnSyncOptions, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { runShared } from './shared-process.ts';

export const BIN = new URL('../../bin/rollcall.js', import.meta.url).pathname;

/** The instant at which every run happens, unless a test says otherwise. */
export const NOW = '2026-03-01T10:00:00Z';

export interface Ran {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  /** All of the environment: nothing is inherited, as under cron. */
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
  readonly stdio?: SpawnSyncOptions['stdio'];
  /** As another user. */
  readonly uid?: number;
  /** Undefined for the real clock. */
  readonly now?: string | undefined;
}

/** A folder of its own for one test, removed afterwards, and the built program run in it. */
export interface World {
  readonly folder: string;
  /** Runs rollcall with these arguments and waits for its end. */
  readonly run: (...args: string[]) => Ran;
  readonly runWith: (options: RunOptions, ...args: string[]) => Ran;
  /** Like `run`, beside other processes. */
  readonly start: (...args: string[]) => Promise<Ran>;
  /** Runs rollcall and gives its stdout; throws when it fails. */
  readonly ok: (...args: string[]) => string;
  /** Runs it with `--json` and gives `data` of the document. */
  readonly json: (...args: string[]) => unknown;
  /** Writes a file in the folder; gives its path. */
  readonly file: (name: string, content: string | Uint8Array) => string;
}

/**
 * `own`: each run is a process of its own, as when people run it. `shared`: runs that ask for nothing
 * but arguments and input take turns in one process, see shared-process.ts.
 */
export function makeWorld(processes: 'own' | 'shared' = 'own'): World {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'rollcall-test-')));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const runWith = (options: RunOptions, ...args: string[]): Ran => {
    if (processes === 'shared' && isPlain(options))
      return runShared({
        folder,
        args: withClock(options, args),
        input: options.input ?? '',
        env: { HOME: folder },
      });
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      commandLine(options, args),
      spawnOptions(folder, options),
    );
    return { status, stdout: textOf(stdout), stderr: textOf(stderr) };
  };
  const ok = (...args: string[]): string => {
    const { status, stdout, stderr } = runWith({}, ...args);
    if (status !== 0) throw new Error(`rollcall ${args.join(' ')} ended with ${status}: ${stderr}`);
    return stdout;
  };
  return {
    folder,
    runWith,
    ok,
    run: (...args) => runWith({}, ...args),
    start: async (...args) => start(folder, args),
    json: (...args) => (JSON.parse(ok(...args, '--json')) as { data: unknown }).data,
    file(name, content) {
      const path = join(folder, name);
      writeFileSync(path, content);
      return path;
    },
  };
}

/** Whether a run asks for nothing that a process of its own is needed for. */
function isPlain(options: RunOptions): boolean {
  return Object.keys(options).every((option) => option === 'input' || option === 'now');
}

/** Node gives null for a stream that went elsewhere; its types do not say so. */
function textOf(captured: string | Buffer | null): string {
  return captured === null ? '' : captured.toString();
}

function withClock(options: RunOptions, args: readonly string[]): string[] {
  const now = 'now' in options ? options.now : NOW;
  return [...(now === undefined ? [] : ['--now', now]), ...args];
}

function commandLine(options: RunOptions, args: readonly string[]): string[] {
  return [BIN, ...withClock(options, args)];
}

function spawnOptions(folder: string, { env, input, stdio, uid }: RunOptions): SpawnSyncOptions {
  return {
    cwd: folder,
    env: { HOME: folder, ...env },
    input: input ?? '',
    ...(stdio === undefined ? {} : { stdio }),
    ...(uid === undefined ? {} : { uid }),
    maxBuffer: 2 ** 28,
  };
}

async function start(folder: string, args: readonly string[]): Promise<Ran> {
  const child = spawn(process.execPath, commandLine({}, args), {
    cwd: folder,
    env: { HOME: folder },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status) => resolve({ status, stdout, stderr }));
  });
}
