// rollcall's store in PostgreSQL against its store in a file, on the same data, as tables with the
// goals beside them (see README.md):
//   node bench/postgres.js [contacts] [--rounds 3] [--write]
// Build first: npm run build. --write keeps the tables in results-postgres.md, and those of costs in
// docs/postgresql-sizes.md. ROLLCALL_BENCH_ONLY names workloads, with commas between, for trying.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { noteLine, tablesOf } from './line.js';
import { machine } from './machine.js';
import { firstBuilds } from './postgres/builds.js';
import { captureCost } from './postgres/capture.js';
import { Cluster } from './postgres/cluster.js';
import { copyStores } from './postgres/copy.js';
import { reckon } from './postgres/costs.js';
import { hundredSegments } from './postgres/members.js';
import { sizes } from './postgres/sizes.js';
import { staging } from './postgres/staging.js';
import { updates } from './postgres/updates.js';
import { Worlds } from './postgres/worlds.js';

/**
 * What all workloads share; `smaller` is a tenth of the contacts.
 * @typedef {object} Setting
 * @property {string} folder
 * @property {number} contacts
 * @property {number} smaller
 * @property {number} rounds
 * @property {(text: string) => void} say
 * @property {Cluster} cluster
 *
 * `costs` is what the workloads before have measured.
 * @typedef {Setting & { worlds: Worlds, costs: Readonly<Partial<import('./postgres/costs.js').Costs>> }} Bench
 *
 * @typedef {{ lines: import('./line.js').Line[], costs: Partial<import('./postgres/costs.js').Costs> }} Results
 */

/**
 * In this order: those after `build` go on with what it has built.
 * @type {Readonly<Record<string, (bench: Bench) => Promise<Results>>>}
 */
const WORKLOADS = {
  build: firstBuilds,
  updates,
  members: hundredSegments,
  sizes,
  copy: copyStores,
  capture: captureCost,
  staging,
};
const SIZES = new URL('../docs/postgresql-sizes.md', import.meta.url);
const RESULTS = new URL('results-postgres.md', import.meta.url);

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: 'string', default: '3' }, write: { type: 'boolean', default: false } },
});
const contacts = Number(positionals[0] ?? 1_000_000);
const folder = mkdtempSync(join(tmpdir(), 'rollcall-bench-'));
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM']))
  process.once(signal, () => process.exit(1));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));

const cluster = await Cluster.start(folder);
/** @type {Setting} */
const setting = {
  folder,
  contacts,
  smaller: contacts / 10,
  rounds: Number(values.rounds),
  say: (/** @type {string} */ text) =>
    console.error(`${new Date().toISOString().slice(11, 19)} ${text}`),
  cluster,
};
const worlds = new Worlds(setting);
const only = process.env['ROLLCALL_BENCH_ONLY']?.split(',');
/** @type {import('./line.js').Line[]} */
const lines = [];
/** @type {Partial<import('./postgres/costs.js').Costs>} */
const costs = {};
for (const [name, work] of Object.entries(WORKLOADS)) {
  if (only !== undefined && !only.includes(name)) continue;
  try {
    const results = await work({ ...setting, worlds, costs });
    lines.push(...results.lines);
    Object.assign(costs, results.costs);
  } catch (error) {
    console.error(error);
    lines.push(noteLine(`NOT MEASURED: ${name}, see the error`));
    process.exitCode = 1;
  }
}
const command = `node bench/postgres.js ${contacts} --rounds ${values.rounds}`;
const minutes = Math.ceil(performance.now() / 60_000);
const where = `${machine()} ${cluster.describe()}.`;
const reckoned = reckon(costs);
const results = `\`${command} --write\`; ${minutes} minutes.\n\n${where}\n\n${tablesOf(lines)}\n`;
console.log(results);
console.log(reckoned ?? 'costs: not all of them were measured');
await cluster.stop();
if (values.write) {
  writeFileSync(RESULTS, `# Results of \`node bench/postgres.js\`\n\n${results}`);
  if (reckoned !== undefined) fillSizes(`By \`${command}\`:\n\n${reckoned}`);
}

/**
 * Puts the tables of costs into the place of those before.
 * @param {string} text
 */
function fillSizes(text) {
  const kept = readFileSync(SIZES, 'utf8');
  const filled = kept.replace(
    /(<!-- measured -->\n).*(\n<!-- end -->)/s,
    (_, begin, end) => `${begin}\n${text}\n${end}`,
  );
  writeFileSync(SIZES, filled);
}
