// Scales beyond the usual, each once, as tables (see README.md):
//   node bench/scale.js contacts [10000000 1000000] [--write]    many against fewer
//   node bench/scale.js segments [100000 1000 5000]              contacts, numbers of segments
//   node bench/scale.js fields [100000 2000]                     contacts, custom fields
//   node bench/scale.js events [100000 2000000]                  contacts, events of one of them
// Build first: npm run build. --write keeps the tables in results-scale.md, under the command.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { tablesOf } from './line.js';
import { machine } from './machine.js';
import { manyContacts } from './scale/contacts.js';
import { manyEvents } from './scale/events.js';
import { manyFields } from './scale/fields.js';
import { moreSegments } from './scale/segments.js';

/** @typedef {{ folder: string, say: (text: string) => void }} Bench */

/**
 * Each with its usual scales.
 * @type {Readonly<Record<string, [
 *   work: (bench: Bench, scales: number[]) => Promise<import('./line.js').Line[]>,
 *   scales: number[],
 * ]>>}
 */
const SUBJECTS = {
  contacts: [manyContacts, [10_000_000, 1_000_000]],
  segments: [moreSegments, [100_000, 1000, 5000]],
  fields: [manyFields, [100_000, 2000]],
  events: [manyEvents, [100_000, 2_000_000]],
};
const RESULTS = new URL('results-scale.md', import.meta.url);

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { write: { type: 'boolean', default: false } },
});
const [subject = '', ...given] = positionals;
const [work, usual] = SUBJECTS[subject] ?? [];
if (work === undefined || given.length === 1)
  throw new Error(`usage: node bench/scale.js ${Object.keys(SUBJECTS).join('|')} [scale scale...]`);
const scales = given.length === 0 ? (usual ?? []) : given.map(Number);

const folder = mkdtempSync(join(tmpdir(), 'rollcall-bench-'));
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM']))
  process.once(signal, () => process.exit(1));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
const say = (/** @type {string} */ text) =>
  console.error(`${new Date().toISOString().slice(11, 19)} ${text}`);
const lines = await work({ folder, say }, scales);
const command = `node bench/scale.js ${[subject, ...scales].join(' ')} --write`;
const minutes = Math.ceil(performance.now() / 60_000);
const section = `\`${command}\`; ${minutes} minutes.\n\n${machine()}\n\n${tablesOf(lines)}\n`;
console.log(section);
if (values.write) keep(subject, section);

/**
 * Puts the section in the place of the one before.
 * @param {string} title
 * @param {string} text
 */
function keep(title, text) {
  const kept = existsSync(RESULTS) ? readFileSync(RESULTS, 'utf8').split(/^## /m).slice(1) : [];
  const others = kept.filter((other) => !other.startsWith(`${title}\n`));
  const sections = [...others.map((other) => other.trim()), `${title}\n\n${text}`.trim()].sort();
  writeFileSync(
    RESULTS,
    `# Results of \`node bench/scale.js\`\n\n${sections.map((one) => `## ${one}`).join('\n\n')}\n`,
  );
}
