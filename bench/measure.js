import { spawnSync } from 'node:child_process';

/**
 * What one process took: wall-clock and processor time in ms, and the most memory it held in bytes.
 * The last two are undefined for programs other than Node.
 * @typedef {object} Ran
 * @property {number} ms
 * @property {number | undefined} cpuMs
 * @property {number | undefined} maxRss
 * @property {string} stdout
 */

/**
 * Loaded into the measured process: when it ends, writes what it used, with all its threads, to
 * descriptor 3. Memory is read from /proc if possible, because the maxRSS of a process starts at
 * what its parent held.
 */
const REPORT = `data:text/javascript,${encodeURIComponent(`
  import { existsSync, readFileSync, writeSync } from 'node:fs';
  import { isMainThread } from 'node:worker_threads';
  const status = () => readFileSync('/proc/self/status', 'utf8');
  const peakKb = () => Number(/^VmHWM:\\s*(\\d+) kB$/m.exec(status())[1]);
  const hasProc = existsSync('/proc/self/status');
  const used = () => ({ ...process.resourceUsage(), ...(hasProc ? { maxRSS: peakKb() } : {}) });
  if (isMainThread) process.once('exit', () => writeSync(3, JSON.stringify(used())));
`)}`;

/**
 * Runs a Node program to its end; throws when it fails.
 * @param {...(string | number)} args
 * @returns {Ran}
 */
export function runNode(...args) {
  const { ms, stdout, report } = run(process.execPath, ['--import', REPORT, ...args.map(String)]);
  /** @type {NodeJS.ResourceUsage} */
  const used = JSON.parse(report);
  return {
    ms,
    stdout,
    cpuMs: (used.userCPUTime + used.systemCPUTime) / 1000,
    maxRss: used.maxRSS * 1024,
  };
}

/**
 * Like `runNode`, but loads nothing into the process: for the time of a bare Node and of commands
 * compared with it.
 * @param {...string} args
 * @returns {Ran}
 */
export function runPlain(...args) {
  const { ms, stdout } = run(process.execPath, args);
  return { ms, stdout, cpuMs: undefined, maxRss: undefined };
}

/**
 * @param {string} file
 * @param {readonly string[]} args
 */
function run(file, args) {
  const started = performance.now();
  const { status, stdout, stderr, output, error } = spawnSync(file, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    maxBuffer: 2 ** 28,
  });
  const ms = performance.now() - started;
  if (error !== undefined) throw error;
  if (status !== 0)
    throw new Error(`${file} ${args.join(' ')} ended with ${String(status)}: ${stderr}`);
  return { ms, stdout, report: output[3] ?? '' };
}

/**
 * The median of each case over several rounds. The cases take turns, so that a busy machine slows
 * all of them alike.
 * @template {string} Name
 * @param {number} rounds
 * @param {Readonly<Record<Name, (round: number) => number | Promise<number>>>} cases each gives its
 * own ms
 * @returns {Promise<Record<Name, number>>}
 */
export async function interleaved(rounds, cases) {
  const names = /** @type {Name[]} */ (Object.keys(cases));
  /** @type {Map<Name, number[]>} */
  const times = new Map(names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const name of names) times.get(name)?.push(await cases[name](round));
  }
  return /** @type {Record<Name, number>} */ (
    Object.fromEntries([...times].map(([name, list]) => [name, median(list)]))
  );
}

/** @param {readonly number[]} numbers */
export function median(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return sorted.length % 2 === 1
    ? (sorted[Math.floor(middle)] ?? Number.NaN)
    : ((sorted[middle - 1] ?? Number.NaN) + (sorted[middle] ?? Number.NaN)) / 2;
}
