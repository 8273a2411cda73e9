import { spawn } from 'node:child_process';

/**
 * What something took: wall-clock time, and processor time of all its threads where it is known.
 * @typedef {{ ms: number, cpuMs?: number | undefined }} Timed
 *
 * Medians of several rounds.
 * @typedef {Timed & { rounds: number }} Taken
 *
 * @typedef {Timed | undefined} Turn
 *
 * What a Node program took, the most memory it held, and what it printed.
 * @typedef {{ ms: number, cpuMs: number, peakBytes: number, stdout: string }} Ran
 */

const REPORT = new URL('report-usage.cjs', import.meta.url).pathname;

/**
 * Runs a Node program to its end; rejects when it fails.
 * @param {...(string | number)} args
 * @returns {Promise<Ran>}
 */
export async function runNode(...args) {
  const started = performance.now();
  const child = spawn(process.execPath, ['-r', REPORT, ...args.map(String)], {
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
  const [stdout, stderr, report] = [1, 2, 3].map((descriptor) => heard(child, descriptor));
  const code = await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status, signal) => resolve(status ?? signal));
  });
  const ms = performance.now() - started;
  if (code !== 0)
    throw new Error(`node ${args.join(' ')} ended with ${String(code)}: ${stderr?.() ?? ''}`);
  return { ms, stdout: stdout?.() ?? '', ...JSON.parse(lastLine(report?.() ?? '')) };
}

/**
 * @param {import('node:child_process').ChildProcess} child
 * @param {number} descriptor
 * @returns {() => string} what it has written there
 */
function heard(child, descriptor) {
  /** @type {string[]} */
  const parts = [];
  const stream = /** @type {import('node:stream').Readable} */ (child.stdio[descriptor]);
  stream.setEncoding('utf8').on('data', (/** @type {string} */ text) => parts.push(text));
  return () => parts.join('');
}

/** @param {string} text */
function lastLine(text) {
  return text.trimEnd().split('\n').at(-1) ?? '';
}

/**
 * Runs a program that is not of Node to its end, with nothing to read; rejects when it fails. Its
 * processor time is what `times` tells of children that were waited for.
 * @param {...string} command
 * @returns {Promise<Timed & { cpuMs: number }>}
 */
export async function runTimed(...command) {
  const started = performance.now();
  const child = spawn('sh', ['-c', '"$@" </dev/null && times >&3', 'sh', ...command], {
    stdio: ['ignore', 'ignore', 'inherit', 'pipe'],
  });
  const told = heard(child, 3);
  const code = await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code !== 0) throw new Error(`${command.join(' ')} ended with ${String(code)}`);
  return { ms: performance.now() - started, cpuMs: childrenMs(told()) };
}

/**
 * The last line of `times`: user and system time of the children, as `0m1.230s 0m0.040s`.
 * @param {string} told
 */
function childrenMs(told) {
  const parts = [...lastLine(told).matchAll(/(\d+)m([\d.]+)s/g)];
  if (parts.length !== 2) throw new Error(`times says ${told}`);
  return parts.reduce(
    (sum, [, minutes, seconds]) => sum + (Number(minutes) * 60 + Number(seconds)) * 1000,
    0,
  );
}

/**
 * What `work` took in this process.
 * @param {() => unknown} work
 * @returns {Promise<{ ms: number, cpuMs: number }>}
 */
export async function timedHere(work) {
  const [started, used] = [performance.now(), process.cpuUsage()];
  await work();
  const { user, system } = process.cpuUsage(used);
  return { ms: performance.now() - started, cpuMs: (user + system) / 1000 };
}

/**
 * The medians of each case over several rounds. The cases take turns, so that a busy machine slows
 * all of them alike. A case that gives undefined sits that round out.
 * @template {string} Name
 * @param {number} rounds
 * @param {Readonly<Record<Name, (round: number) => Turn | Promise<Turn>>>} cases
 * @returns {Promise<Record<Name, Taken>>}
 */
export async function interleaved(rounds, cases) {
  const names = /** @type {Name[]} */ (Object.keys(cases));
  /** @type {Map<Name, Timed[]>} */
  const turns = new Map(names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const name of names) {
      const timed = await cases[name](round);
      if (timed !== undefined) turns.get(name)?.push(timed);
    }
  }
  return /** @type {Record<Name, Taken>} */ (
    Object.fromEntries([...turns].map(([name, list]) => [name, medians(list)]))
  );
}

/**
 * What `interleaved` says of a case whose name was not known beforehand.
 * @param {Readonly<Record<string, Taken>>} taken
 * @param {string} name
 */
export function takenBy(taken, name) {
  const found = taken[name];
  if (found === undefined) throw new Error(`${name} has not taken its turn`);
  return found;
}

/**
 * @param {readonly Timed[]} list
 * @returns {Taken}
 */
function medians(list) {
  const cpu = list.flatMap(({ cpuMs }) => (cpuMs === undefined ? [] : [cpuMs]));
  return {
    ms: median(list.map(({ ms }) => ms)),
    cpuMs: cpu.length === 0 ? undefined : median(cpu),
    rounds: list.length,
  };
}

/** @param {readonly number[]} numbers */
export function median(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return sorted.length % 2 === 1
    ? (sorted[Math.floor(middle)] ?? Number.NaN)
    : ((sorted[middle - 1] ?? Number.NaN) + (sorted[middle] ?? Number.NaN)) / 2;
}
