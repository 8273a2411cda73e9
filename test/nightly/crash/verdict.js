import { existsSync, readFileSync } from 'node:fs';
import { lookingAtCopy, stateOf } from './state.js';
import { problemsOf } from './soundness.js';

/**
 * What a command may leave and show: the store and its output file from before it, and from after
 * it where nothing was in its way.
 * @typedef {object} Sides
 * @property {import('./jobs.js').Job} job
 * @property {import('./state.js').State} before
 * @property {import('./state.js').State} after
 * @property {string | undefined} outputBefore
 * @property {string | undefined} outputAfter
 * @property {number | null} status that of a command with nothing in its way
 *
 * @typedef {'before' | 'after' | 'between'} Left
 */

const IO_ERROR = 74;
const NO_PERMISSION = 77;
/** What cannot be read SQLite calls a damaged file. */
const DAMAGED = 69;

/**
 * What is wrong with the store after a command was stopped, with what it said, and with what was
 * seen beside it.
 * @param {string} db
 * @param {Sides} sides
 * @param {import('./deaths.js').Death} death
 * @param {import('./program.js').Ended} ended
 * @param {readonly import('./watching.js').Sighting[]} sightings
 * @returns {{ readonly left: Left, readonly problems: string[] }}
 */
export function judge(db, sides, death, ended, sightings) {
  const untidy = sides.job.untidy === true;
  const { state, problems } = lookingAtCopy(db, (copy) => ({
    state: stateOf(copy),
    problems: problemsOf(copy, { untidy }),
  }));
  const { left, strange } = placeBetween(state, sides);
  const isDone = ended.status === sides.status;
  const output = outputOf(sides.job);
  return {
    left,
    problems: [
      ...problems,
      ...strange,
      ...wrongEnd(death, ended, sides),
      ...(isDone && left !== 'after'
        ? [`it ended with ${String(ended.status)}, and what it did is lost`]
        : []),
      ...(output !== sides.outputBefore && output !== sides.outputAfter
        ? ['its output is neither the old one nor the new one']
        : []),
      ...sightings.flatMap((sighting) => wrongSight(sighting, sides)),
    ],
  };
}

/**
 * The file that the command writes; undefined when there is none.
 * @param {import('./jobs.js').Job} job
 * @returns {string | undefined}
 */
export function outputOf({ output }) {
  return output !== undefined && existsSync(output) ? readFileSync(output, 'utf8') : undefined;
}

/**
 * What differs between two states, in words.
 * @param {import('./state.js').State} state
 * @param {import('./state.js').State} wanted
 * @returns {string[]}
 */
export function differences(state, wanted) {
  const names = [...new Set([...state.keys(), ...wanted.keys()])];
  return names
    .filter((name) => state.get(name) !== wanted.get(name))
    .map(
      (name) =>
        `${name}: ${state.get(name) ?? 'nothing'} instead of ${wanted.get(name) ?? 'nothing'}`,
    );
}

/**
 * @param {import('./state.js').State} state
 * @param {Sides} sides
 * @returns {{ readonly left: Left, readonly strange: string[] }}
 */
function placeBetween(state, { job, before, after }) {
  if (differences(state, after).length === 0) return { left: 'after', strange: [] };
  if (differences(state, before).length === 0) return { left: 'before', strange: [] };
  if (job.inParts !== true)
    return { left: 'between', strange: [`half done: ${differences(state, before).join('; ')}`] };
  return {
    left: 'between',
    strange: partsOf(state, job)
      .filter(([name, value]) => value !== before.get(name) && value !== after.get(name))
      .map(([name]) => `${name} is neither the old one nor the new one`),
  };
}

/**
 * What each segment's own transaction writes. Counters of contacts deleted with SQL go down before
 * it is built.
 * @param {Iterable<readonly [string, string]>} parts
 * @param {import('./jobs.js').Job} job
 * @returns {(readonly [string, string])[]}
 */
function partsOf(parts, job) {
  return [...parts].filter(([name]) => job.untidy !== true || !name.startsWith('counters'));
}

/**
 * @param {import('./deaths.js').Death} death
 * @param {import('./program.js').Ended} ended
 * @param {Sides} sides
 * @returns {string[]}
 */
function wrongEnd({ kind }, { status, signal, stderr }, sides) {
  const problems = /^\s+at |this is a bug/m.test(stderr) ? [`it showed a trace: ${stderr}`] : [];
  if (signal !== null)
    return kind.startsWith('SIG') ? problems : [...problems, `it was killed by ${signal}`];
  if (status === sides.status || (status === sides.job.again && status !== null)) return problems;
  if (status === null || !codesOf(kind).includes(status))
    return [...problems, `it ended with ${String(status)}: ${stderr}`];
  return /^(warning: .+\n)*error: .+\nhint: .+\n$/.test(stderr)
    ? problems
    : [...problems, `it said: ${stderr}`];
}

/**
 * The exit codes beside that of the undisturbed command that a death explains.
 * @param {string} kind
 * @returns {readonly number[]}
 */
function codesOf(kind) {
  if (kind.startsWith('SIG')) return [];
  if (kind === 'read-only disk') return [NO_PERMISSION];
  return kind.endsWith('pread64') ? [IO_ERROR, DAMAGED] : [IO_ERROR];
}

/**
 * @param {import('./watching.js').Sighting} sighting
 * @param {Sides} sides
 * @returns {string[]}
 */
function wrongSight({ view, problems }, { job, before, after }) {
  /** @param {import('./state.js').State} side */
  const strangeTo = (side) =>
    view.filter(([name, value]) => side.get(name)?.startsWith(value) !== true);
  if (strangeTo(before).length === 0 || strangeTo(after).length === 0)
    return problems.map((problem) => `a reader saw that ${problem}`);
  const strange =
    job.inParts === true
      ? partsOf(strangeTo(before), job).filter((part) => strangeTo(after).includes(part))
      : view.filter((part) => strangeTo(before).includes(part));
  return [...problems, ...strange.map(([name]) => `half of ${name}`)].map(
    (problem) => `a reader saw ${problem}`,
  );
}
