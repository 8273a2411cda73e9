import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import Sqlite from 'better-sqlite3';
import { chooseDeath } from './deaths.js';
import { hasDoctor, runProgram } from './program.js';
import { problemsOf } from './soundness.js';
import { copyStore, lookingAtCopy, stateOf } from './state.js';
import { measure } from './strace.js';
import { differences, judge, outputOf } from './verdict.js';
import { watch } from './watching.js';

/** How often in a row a command is stopped before it comes to its end. */
const DEATHS_IN_A_ROW = [1, 2, 8];

/**
 * @typedef {import('./life.js').Told} Told
 * @typedef {import('./life.js').LifeOptions} LifeOptions
 */

/** One command in the life of both. */
export class Stage {
  #clock;
  #options;
  #stores;
  #job;
  #invocation;
  #update;
  /** @type {import('./verdict.js').Sides | undefined} */
  #sides;
  /** @type {import('./strace.js').Measured | undefined} */
  #measured;
  /** @type {import('./state.js').State | undefined} */
  #updated;

  /**
   * @param {LifeOptions & { readonly kinds: readonly string[] }} options
   * @param {{ readonly subject: string, readonly twin: string, readonly probe: string,
   * readonly saved: string }} stores
   * @param {import('./jobs.js').Job} job
   * @param {number} now
   */
  constructor(options, stores, job, now) {
    this.#clock = ['--now', new Date(now).toISOString()];
    this.#options = options;
    this.#stores = stores;
    this.#job = job;
    this.#invocation = { args: [...this.#clock, ...job.args], stdin: job.stdin };
    this.#update = { args: [...this.#clock, 'segments:update'] };
  }

  /** Does it to the twin, and to a third store that shows how long it takes. */
  async prepare() {
    const { subject, twin, probe, saved } = this.#stores;
    const { before, first } = this.#job;
    if (before !== undefined) for (const path of [subject, twin]) withStore(path, before);
    if (first !== undefined) for (const path of [subject, twin]) await this.#finish(first, path);
    copyStore(subject, saved);
    const outputBefore = outputOf(this.#job);
    const states = { before: stateAt(subject), ...(await this.#liveAsTwin(twin)) };
    const outputAfter = outputOf(this.#job);
    this.#sides = {
      job: this.#job,
      before: states.before,
      after: states.after,
      status: states.status,
      outputBefore,
      outputAfter,
    };
    this.#updated = states.updated;
    copyStore(subject, probe);
    this.#measured = await measure(this.#invocation, this.#at(probe));
    this.#resetOutput();
  }

  /**
   * Is stopped a few times on the way, then comes to its end. Gives what happened.
   * @returns {Promise<Omit<Told, 'job'>[]>}
   */
  async attempt() {
    const { random } = this.#options;
    copyStore(this.#stores.saved, this.#stores.subject);
    this.#resetOutput();
    /** @type {Omit<Told, 'job'>[]} */
    const told = [];
    for (let deaths = random.pick(this.#options.inARow ?? DEATHS_IN_A_ROW); deaths > 0; deaths -= 1)
      told.push(await this.#die());
    const problems = [...(await this.#examineRemains()), ...(await this.#comeToItsEnd())];
    return told.map((each, index) =>
      index === told.length - 1 ? { ...each, problems: [...each.problems, ...problems] } : each,
    );
  }

  async #die() {
    const { random, kinds } = this.#options;
    const [sides, measured] = [presume(this.#sides), presume(this.#measured)];
    const { subject } = this.#stores;
    const death = chooseDeath(random, measured, random.pick(kinds));
    const watched = death.movesStore !== true && random.chance(0.5);
    const watcher = watched ? await watch(subject, this.#job.untidy === true) : undefined;
    const ended = await death.run(this.#invocation, this.#at(subject));
    const sightings = (await watcher?.end()) ?? [];
    const { left, problems } = judge(subject, sides, death, ended, sightings);
    return {
      kind: death.kind,
      label: death.label,
      end: ended.signal ?? String(ended.status),
      left,
      watched,
      problems,
    };
  }

  /** The next run must end right, and so must the update after it. */
  async #comeToItsEnd() {
    const { subject } = this.#stores;
    const { job, status, after, outputAfter } = presume(this.#sides);
    const ended = await runProgram(this.#invocation, this.#at(subject));
    const state = stateAt(subject);
    const problems = [
      ...(ended.status === status || (ended.status === job.again && status !== null)
        ? []
        : [`the next run ended with ${String(ended.status)}: ${ended.stderr}`]),
      ...differences(state, after).map((difference) => `after the next run, ${difference}`),
      ...(outputOf(job) === outputAfter ? [] : ['after the next run, its output is another']),
    ];
    const updated = await runProgram(this.#update, this.#at(subject));
    const last = differences(stateAt(subject), presume(this.#updated)).map(
      (difference) => `after the next update, ${difference}`,
    );
    const settled = lookingAtCopy(subject, (db) => problemsOf(db, { settled: true })).map(
      (problem) => `after the next update, ${problem}`,
    );
    const complaints = await this.#examine(subject);
    const leftOver = readdirSync(this.#options.folder)
      .filter((name) => /^crm\.db\.scan-/.test(name))
      .map((name) => `after the next update, ${name} is left over`);
    return [
      ...problems,
      ...complaints,
      ...leftOver,
      ...(updated.status === 0
        ? []
        : [`the next update ended with ${String(updated.status)}: ${updated.stderr}`]),
      ...last,
      ...settled,
    ];
  }

  /** What `doctor` has to say of a copy, so that the next command finds what was left. */
  async #examineRemains() {
    const { subject, probe } = this.#stores;
    if (this.#job.untidy === true) return [];
    copyStore(subject, probe);
    return (await this.#examine(probe)).map((problem) => `as it was left, ${problem}`);
  }

  /**
   * What `doctor` has to say.
   * @param {string} path of the store
   */
  async #examine(path) {
    if (!hasDoctor) return [];
    const { status, stdout, stderr } = await runProgram(
      { args: [...this.#clock, 'doctor'] },
      this.#at(path),
    );
    return status === 0 ? [] : [`doctor ended with ${String(status)}: ${stdout}${stderr}`];
  }

  /** @param {string} twin */
  async #liveAsTwin(twin) {
    const at = this.#at(twin);
    const forget = () =>
      withStore(twin, (db) => void db.prepare('update segments set fingerprint = null').run());
    forget();
    const status = await this.#finish(this.#job.args, twin);
    const after = stateAt(twin);
    forget();
    await runProgram(this.#update, at);
    return { status, after, updated: stateAt(twin) };
  }

  /**
   * Does a command to its end; gives its exit code.
   * @param {readonly string[]} args
   * @param {string} path of the store
   */
  async #finish(args, path) {
    const invocation = { ...this.#invocation, args: [...this.#clock, ...args] };
    const { status, stderr } = await runProgram(invocation, this.#at(path));
    if (status !== 0 && status !== 3)
      throw new Error(`rollcall ${args.join(' ')} ended with ${String(status)}: ${stderr}`);
    return status;
  }

  #resetOutput() {
    const { output } = this.#job;
    const { outputBefore } = presume(this.#sides);
    if (output === undefined) return;
    if (outputBefore === undefined) rmSync(output, { force: true });
    else writeFileSync(output, outputBefore);
  }

  /** @param {string} db */
  #at(db) {
    return { db, cwd: this.#options.folder };
  }
}

/**
 * @param {string} path
 * @param {(db: Sqlite.Database) => void} work
 */
function withStore(path, work) {
  const db = new Sqlite(path);
  try {
    work(db);
  } finally {
    db.close();
  }
}

/** @param {string} path */
function stateAt(path) {
  return lookingAtCopy(path, stateOf);
}

/**
 * @template T
 * @param {T | undefined} value
 * @returns {T}
 */
function presume(value) {
  if (value === undefined) throw new Error('prepare() comes first');
  return value;
}
