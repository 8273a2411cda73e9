// What an update takes with segments that read one another in a chain, in processor time of whole
// processes:
//   node bench/chains.js [contacts] [depths,…]
// 20,000 contacts and chains of 25,50,100,200,500 when left out; build first: npm run build. Each
// figure has the one of the chain before it beside it: a time alone says little on a shared machine.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { duration } from './line.js';
import { interleaved, runNode } from './measure.js';
import { BIN } from './rollcall.js';
import { copyWorld, NOW } from './world.js';
import { MINUTE } from './world/values.js';

const ROUNDS = 5;
const [contacts = '20000', depths = '25,50,100,200,500'] = process.argv.slice(2);

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

  /** After so many contacts joined or left the first of the chain. @param {number} count */
  async updateMoved(count) {
    const db = new Database(this.path, { fileMustExist: true });
    try {
      db.prepare('update contacts set points = 999 - points where id <= ?').run(count);
    } finally {
      db.close();
    }
    return this.update();
  }

  async update() {
    this.#now += 15 * MINUTE;
    const now = new Date(this.#now).toISOString();
    return runNode(BIN, 'segments:update', '--db', this.path, '--now', now);
  }
}

const folder = mkdtempSync(join(tmpdir(), 'rollcall-bench-'));
try {
  /** @type {Record<string, number>} */
  let before = {};
  for (const depth of depths.split(',').map(Number)) {
    const path = join(folder, `chain-${depth}.db`);
    await copyWorld(path, { contacts: Number(contacts) }, chainOf(depth));
    const store = new Store(path);
    const first = await store.update();
    await store.update();
    const taken = await interleaved(ROUNDS, {
      idle: () => store.update(),
      '1 moves': () => store.updateMoved(1),
      '200 move': () => store.updateMoved(200),
    });
    /** @type {Record<string, number>} */
    const cpuMs = { 'first build': first.cpuMs };
    for (const [name, each] of Object.entries(taken)) cpuMs[name] = each.cpuMs ?? Number.NaN;
    const cells = Object.entries(cpuMs).map(([name, ms]) => {
      const last = before[name];
      return `${name} ${duration(ms)}${last === undefined ? '' : ` (${(ms / last).toFixed(1)} ×)`}`;
    });
    console.log(`chain of ${String(depth).padEnd(4)} ${cells.join('; ')}`);
    before = cpuMs;
    for (const suffix of ['', '-wal', '-shm', '.lock']) rmSync(path + suffix, { force: true });
  }
} finally {
  rmSync(folder, { recursive: true });
}
