import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { hasStrace, runProgram } from './program.js';

/**
 * Where a command works.
 * @typedef {object} Place
 * @property {string} db the store
 * @property {string} cwd
 * @property {boolean} [anyFile] calls count on whatever file, not on those of the store alone: on
 * drafts of unknown names
 *
 * @typedef {object} Measured what the command does when nothing is in its way
 * @property {number} ms
 * @property {Readonly<Record<string, number>>} calls how often it asks the system for what, on the
 * files of the store
 * @property {number} bytes how much it writes
 */

/** What Node does by itself as well counts on the files of the store alone. */
const COUNTED = [
  'pwrite64',
  'fsync',
  'ftruncate',
  'link',
  'rename',
  'unlink',
  'openat',
  'mmap',
  'pread64',
];
const ON_ANY_FILE = COUNTED.slice(0, 6);

/**
 * Runs a command with nothing in its way and counts.
 * @param {import('./program.js').Invocation} invocation
 * @param {Place} at a store that may be changed
 * @returns {Promise<Measured>}
 */
export async function measure(invocation, at) {
  const trace = join(at.cwd, 'calls.txt');
  const counted = at.anyFile === true ? ON_ANY_FILE : COUNTED;
  const wrapper = hasStrace
    ? strace(at, trace, ['--seccomp-bpf', '-e', `trace=${counted.join()}`])
    : [];
  const { ms, status, stderr } = await runProgram(invocation, { ...at, wrapper });
  if (status !== 0 && status !== 3)
    throw new Error(
      `rollcall ${invocation.args.join(' ')} ended with ${String(status)}: ${stderr}`,
    );
  const lines = existsSync(trace) ? readFileSync(trace, 'utf8').split('\n') : [];
  const calls = Object.fromEntries(
    counted.map((call) => [call, lines.filter((line) => line.includes(` ${call}(`)).length]),
  );
  const bytes = lines.reduce(
    (sum, line) =>
      sum + (line.includes(' pwrite64(') ? Number(/ = (\d+)$/.exec(line)?.[1] ?? 0) : 0),
    0,
  );
  return { ms, calls, bytes: hasStrace ? bytes : sizeOf(at.db) };
}

/**
 * strace before a command.
 * @param {Place} place
 * @param {string} output
 * @param {readonly string[]} options
 * @returns {string[]}
 */
export function strace({ db, anyFile = false }, output, options) {
  const files = anyFile
    ? []
    : ['', '-wal', '-shm', '-journal', '.lock'].map((suffix) => db + suffix);
  return [
    'strace',
    '-f',
    '-qq',
    '-o',
    output,
    ...files.flatMap((file) => ['-P', file]),
    ...options,
  ];
}

/**
 * @param {string} path
 * @returns {number} bytes
 */
export function sizeOf(path) {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
