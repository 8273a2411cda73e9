import { spawn, spawnSync } from 'node:child_process';
import { openSync, closeSync } from 'node:fs';

const BIN = new URL('../../../bin/rollcall.js', import.meta.url).pathname;

/**
 * A command line of rollcall without the store, which the environment names; its clock is told.
 * @typedef {object} Invocation
 * @property {readonly string[]} args
 * @property {string | undefined} [stdin] a file to read standard input from
 *
 * @typedef {object} Surroundings
 * @property {string} db the store
 * @property {string} cwd
 * @property {readonly string[]} [wrapper] words before the program: strace and the like
 * @property {{ readonly signal: NodeJS.Signals, readonly afterMs: number } | undefined} [kill]
 * @property {string} [bin] another rollcall than that of this checkout
 *
 * @typedef {object} Ended
 * @property {number | null} status
 * @property {NodeJS.Signals | null} signal
 * @property {string} stdout
 * @property {string} stderr
 * @property {number} ms
 */

/**
 * Runs rollcall, and kills it after a while where that is asked for.
 * @param {Invocation} invocation
 * @param {Surroundings} surroundings
 * @returns {Promise<Ended>}
 */
export async function runProgram({ args, stdin }, { db, cwd, wrapper = [], kill, bin = BIN }) {
  const [command = '', ...rest] = [...wrapper, process.execPath, bin, ...args];
  const input = openSync(stdin ?? '/dev/null', 'r');
  const started = performance.now();
  const child = spawn(command, rest, {
    cwd,
    env: {
      PATH: process.env['PATH'],
      HOME: cwd,
      TMPDIR: process.env['TMPDIR'] ?? '/tmp',
      ROLLCALL_DB: db,
    },
    stdio: [input, 'pipe', 'pipe'],
  });
  closeSync(input);
  const timer =
    kill === undefined ? undefined : setTimeout(() => child.kill(kill.signal), kill.afterMs);
  const [stdout, stderr] = [textOf(child.stdout), textOf(child.stderr)];
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status, signal) => {
      clearTimeout(timer);
      resolve({
        status,
        signal,
        stdout: stdout(),
        stderr: stderr(),
        ms: performance.now() - started,
      });
    });
  });
}

/**
 * @param {import('node:stream').Readable | null} stream
 * @returns {() => string}
 */
function textOf(stream) {
  let text = '';
  stream?.setEncoding('utf8').on('data', (/** @type {string} */ chunk) => (text += chunk));
  return () => text;
}

/** Whether system calls can be counted and made to fail here. */
export const hasStrace = spawnSync('strace', ['-o', '/dev/null', 'true']).status === 0;

/** Whether small file systems of our own can be mounted here. */
export const canMount =
  spawnSync('unshare', ['--map-root-user', '--mount', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt'])
    .status === 0;

/** Whether there is a command that examines a store. */
export const hasDoctor = spawnSync(process.execPath, [BIN, 'help', 'doctor']).status === 0;
