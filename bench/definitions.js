// What a definition costs the first time and the last, in processor time of one process through the
// library:
//   node bench/definitions.js [segments] [fields]     2,000 and 550 when left out; build first: npm run build
// The ratio of the last tenth to the first says whether the rate is steady; times alone say little
// on a shared machine.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createField, createSegment, initStore, openStore } from '../dist/index.js';

const TYPES = ['text', 'number', 'date', 'boolean'];
const folder = mkdtempSync(join(tmpdir(), 'rollcall-bench-'));

/** Milliseconds of processor time since the process began. */
function processorMs() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/**
 * Makes so many in a store of their own, each in a transaction, and prints the mean of each tenth.
 * @param {string} what
 * @param {number} count
 * @param {(tx: any, number: number) => Promise<unknown>} make
 */
async function measure(what, count, make) {
  const path = join(folder, `${what}.db`);
  await initStore(path);
  const store = await openStore(path);
  const tenth = Math.ceil(count / 10);
  const means = [];
  try {
    for (let start = 1; start <= count; start += tenth) {
      const before = processorMs();
      const end = Math.min(start + tenth - 1, count);
      for (let number = start; number <= end; number++) await store.write((tx) => make(tx, number));
      means.push((processorMs() - before) / (end - start + 1));
    }
  } finally {
    await store.close();
  }
  const ratio = (means.at(-1) ?? Number.NaN) / (means[0] ?? Number.NaN);
  console.log(
    `${what.padEnd(10)} ${means.map((ms) => ms.toFixed(1)).join('  ')} ms each; last to first ${ratio.toFixed(2)} x`,
  );
}

try {
  const segment = (/** @type {any} */ tx, /** @type {number} */ number) =>
    createSegment(
      tx,
      { name: `s ${number}`, where: `points > ${number} and country = "FR"` },
      { now: 0, by: 'bench' },
    );
  const field = (/** @type {any} */ tx, /** @type {number} */ number) =>
    createField(
      tx,
      { object: 'contact', alias: `f${number}`, type: TYPES[number % TYPES.length] ?? 'text' },
      0,
    );
  await measure('segments', Number(process.argv[2] ?? 2000), segment);
  await measure('fields', Number(process.argv[3] ?? 550), field);
} finally {
  rmSync(folder, { recursive: true });
}
