// What an update takes with many segments, and with segments that read one another in a chain, in
// processor time of whole processes:
//   node bench/many-segments.js [contacts] [segments,…] [depths,…]
// 100,000 contacts, 100,1000,5000 segments and chains of 25,50,100,200,500 when left out; chains
// are of 20,000 contacts at most, and `0` leaves them out. Build first: npm run build. Each figure
// has the one before it beside it: a time alone says little on a shared machine.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { changeContacts } from './changes.js';
import { duration } from './line.js';
import { median, runNode } from './measure.js';
import { BIN } from './rollcall.js';
import { SEGMENTS } from './segments.js';
import { copyWorld, NOW } from './world.js';
import { DAY, MINUTE } from './world/values.js';

const ROUNDS = 5;
const QUARTER = 15 * MINUTE;
const MOST_IN_CHAINS = 20_000;
const contacts = Number(process.argv[2] ?? 100_000);
const counts = numbersOf(process.argv[3] ?? '100,1000,5000');
const depths = numbersOf(process.argv[4] ?? '25,50,100,200,500');
const folder = mkdtempSync(join(tmpdir(), 'rollcall-bench-'));

/** @param {string} list */
function numbersOf(list) {
  return list
    .split(',')
    .map(Number)
    .filter((number) => number > 0);
}

/**
 * So many segments, all of them different: variations of the hundred, each with a window or a
 * number of its own.
 * @param {number} count
 */
function segmentsOf(count) {
  return Array.from({ length: count }, (_, index) => {
    const { alias, filter } = /** @type {typeof SEGMENTS[number]} */ (SEGMENTS[index % 100]);
    const variant = Math.floor(index / 100);
    return { alias: `${alias}-${variant}`, filter: variant === 0 ? filter : vary(filter, variant) };
  });
}

/** @param {string} filter @param {number} by */
function vary(filter, by) {
  const hours = filter.replace(
    /in last (\d+) days/,
    (_, days) => `in last ${days * 24 + by} hours`,
  );
  if (hours !== filter) return hours;
  const number = filter.replace(/\b\d+$|\b\d+(?=\)$)|\b\d+(?= and position)/, (n) => `${+n + by}`);
  return number === filter ? `(${filter}) and points >= ${by}` : number;
}

/**
 * A segment that asks for a field, and others that each ask for the members of the one before.
 * @param {number} depth
 */
function chainOf(depth) {
  return Array.from({ length: depth }, (_, index) => ({
    alias: `link-${index}`,
    filter: index === 0 ? 'points >= 500' : `in segment link-${index - 1}`,
  }));
}

/** A store whose clock advances with each update. */
class Store {
  #now = NOW;

  /** @param {string} path */
  constructor(path) {
    this.path = path;
  }

  /**
   * The processor time of one update, `laterMs` later, after so many contacts were changed.
   * @param {number} laterMs
   */
  update(laterMs, changed = 0, seed = '') {
    this.#now += laterMs;
    if (changed > 0) changeContacts(this.path, { count: changed, now: this.#now, seed });
    const now = new Date(this.#now).toISOString();
    const { cpuMs = Number.NaN } = runNode(BIN, 'segments:update', '--db', this.path, '--now', now);
    return cpuMs;
  }

  /** @param {number} count */
  updateMoved(count) {
    moveContacts(this.path, count);
    return this.update(QUARTER);
  }
}

/** @param {string} path @param {number} count of contacts that join or leave the first of a chain */
function moveContacts(path, count) {
  const db = new Database(path, { fileMustExist: true });
  try {
    db.prepare('update contacts set points = 999 - points where id <= ?').run(count);
  } finally {
    db.close();
  }
}

/**
 * Measures some works by turns; prints their medians against those of the table's line before.
 * @param {string} line
 * @param {Readonly<Record<string, (round: number) => number>>} works
 * @param {ReadonlyMap<string, number>} before
 */
function measure(line, works, before) {
  /** @type {Map<string, number[]>} */
  const times = new Map(Object.keys(works).map((name) => [name, []]));
  for (let round = 0; round < ROUNDS; round++)
    for (const [name, work] of Object.entries(works)) times.get(name)?.push(work(round));
  const medians = new Map([...times].map(([name, list]) => [name, median(list)]));
  const cells = [...medians].map(([name, ms]) => {
    const last = before.get(name);
    return `${name} ${duration(ms)}${last === undefined ? '' : ` (${(ms / last).toFixed(1)} ×)`}`;
  });
  console.log(`${line.padEnd(16)} ${cells.join('; ')}`);
  return medians;
}

/**
 * @param {string} name
 * @param {number} contacts
 * @param {readonly { alias: string, filter: string }[]} segments
 */
async function builtStore(name, contacts, segments) {
  const store = new Store(join(folder, `${name}.db`));
  await copyWorld(store.path, { contacts }, segments);
  console.log(`${name.padEnd(16)} first build ${duration(store.update(0))}`);
  store.update(QUARTER);
  return store;
}

/** @param {Store} store */
function discard({ path }) {
  for (const suffix of ['', '-wal', '-shm', '.lock']) rmSync(path + suffix, { force: true });
}

const bare = () => runNode('-e', '0').cpuMs ?? Number.NaN;

try {
  let before = new Map();
  for (const count of counts) {
    const store = await builtStore(`${count} segments`, contacts, segmentsOf(count));
    const works = {
      'bare node': bare,
      idle: () => store.update(QUARTER),
      '1,000 changed': (/** @type {number} */ round) => store.update(QUARTER, 1000, `${round}`),
      '+ 1 day': () => store.update(DAY),
    };
    before = measure(`${count} segments`, works, before);
    discard(store);
  }
  before = new Map();
  for (const depth of depths) {
    const store = await builtStore(
      `chain of ${depth}`,
      Math.min(contacts, MOST_IN_CHAINS),
      chainOf(depth),
    );
    const works = {
      idle: () => store.update(QUARTER),
      '1 moves': () => store.updateMoved(1),
      '200 move': () => store.updateMoved(200),
    };
    before = measure(`chain of ${depth}`, works, before);
    discard(store);
  }
} finally {
  rmSync(folder, { recursive: true });
}
