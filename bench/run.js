// All benches of the hundred segments in the seeded world, rollcall against its peers, as a table
// (see README.md):
//   node bench/run.js [contacts] [--rounds 3] [--write]
// --write keeps the tables in results.md. ROLLCALL_BENCH_ONLY names workloads, with commas between,
// for trying; ROLLCALL_BENCH_BEFORE is a built checkout of the release before, to measure it too.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { tablesOf } from './line.js';
import { machine } from './machine.js';
import { bulkAdds } from './workloads/bulk-adds.js';
import { captureCost } from './workloads/capture-cost.js';
import { feed } from './workloads/feed.js';
import { filterSpeed } from './workloads/filter-speed.js';
import { firstBuild } from './workloads/first-build.js';
import { thousandSegments } from './workloads/many-segments.js';
import { againstMautic } from './workloads/mautic.js';
import { newSegments } from './workloads/new-segments.js';
import { updates } from './workloads/updates.js';

/**
 * What all workloads share: a folder for their stores, the scale, how often each alternative takes
 * its turn.
 * @typedef {object} Bench
 * @property {string} folder
 * @property {number} contacts
 * @property {number} rounds
 * @property {(text: string) => void} say
 */

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: 'string', default: '3' }, write: { type: 'boolean', default: false } },
});
const contacts = Number(positionals[0] ?? 1_000_000);
const rounds = Number(values.rounds);
const folder = mkdtempSync(join(tmpdir(), 'rollcall-bench-'));
const bench = {
  folder,
  contacts,
  rounds,
  say: (/** @type {string} */ text) =>
    console.error(`${new Date().toISOString().slice(11, 19)} ${text}`),
};
const only = process.env['ROLLCALL_BENCH_ONLY']?.split(',');

/** @type {Readonly<Record<string, () => Promise<import('./line.js').Line[]>>>} */
const workloads = {
  build: () => firstBuild(bench, join(folder, 'built.db')),
  shapes: () => newSegments(bench, join(folder, 'built.db')),
  updates: () => updates(bench, join(folder, 'built.db')),
  many: () => thousandSegments(bench),
  mautic: () => againstMautic(bench),
  bulk: () => bulkAdds(bench),
  capture: () => captureCost(bench),
  filters: () => filterSpeed(bench),
  feed: () => feed(bench),
};

for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM']))
  process.once(signal, () => process.exit(1));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
/** @type {import('./line.js').Line[]} */
const lines = [];
for (const [name, work] of Object.entries(workloads)) {
  if (only === undefined || only.includes(name)) lines.push(...(await work()));
}
const minutes = Math.ceil(performance.now() / 60_000);
const scale = `${contacts.toLocaleString('en')} contacts; medians of interleaved rounds; ${minutes} minutes.`;
const results = `${scale}\n\n${tablesOf(lines)}\n`;
console.log(results);
if (values.write)
  writeFileSync(
    new URL('results.md', import.meta.url),
    `# Results of \`npm run bench\`\n\n${machine()}\n\n${results}`,
  );
