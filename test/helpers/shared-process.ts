import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Ran } from './run.ts';

/** The folder of the program that is run. */
const PROGRAM =
  process.env['ROLLCALL_TEST_PROGRAM'] ?? new URL('../../dist', import.meta.url).pathname;
const SERVER = new URL('serve-runs.js', import.meta.url).pathname;

/** A command line of the built program, where it runs, and the streams that it gets. */
export interface Request {
  readonly folder: string;
  readonly args: readonly string[];
  readonly input: string;
  readonly env: Record<string, string>;
  /** The width of a terminal; none for pipes. */
  readonly columns?: number;
}

/** The process that runs the command lines of this test file, once there is one. */
let ask: ((request: Request) => Ran) | undefined;

/**
 * Runs a command line in a process that runs all of this test file, without waiting for a program
 * to start: that takes longer than most commands. What differs between processes, such as real
 * streams, signals, and the environment, is tested with processes of their own.
 */
export function runShared(request: Request): Ran {
  ask ??= startServer();
  return ask(request);
}

/** Two FIFOs, because a test waits for its commands without giving way to an event loop. */
function startServer(): (request: Request) => Ran {
  const folder = mkdtempSync(join(tmpdir(), 'rollcall-runs-'));
  const requests = join(folder, 'requests');
  const answers = join(folder, 'answers');
  execFileSync('mkfifo', [requests, answers]);
  const server = spawn(process.execPath, [SERVER, requests, answers, PROGRAM], {
    env: {},
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  server.unref();
  const output = openSync(requests, 'w');
  const input = openSync(answers, 'r');
  rmSync(folder, { recursive: true });
  return (request) => {
    const bytes = Buffer.from(`${JSON.stringify(request)}\n`);
    for (let sent = 0; sent < bytes.length;) sent += writeSync(output, bytes, sent);
    return JSON.parse(readLine(input)) as Ran;
  };
}

/** One answer stands there at a time. */
function readLine(file: number): string {
  const chunks: Buffer[] = [];
  for (;;) {
    const chunk = Buffer.alloc(65_536);
    const read = readSync(file, chunk);
    if (read === 0) throw new Error('the process that runs commands has ended');
    chunks.push(chunk.subarray(0, read));
    if (chunk[read - 1] === 10) return Buffer.concat(chunks).toString();
  }
}
