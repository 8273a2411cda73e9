// A CSV file in and out, against the sqlite3 shell and DuckDB, as tables (see README.md):
//   node bench/csv.js [200000 1000000 5000000] [--rounds 3] [--write]
// Build first: npm run build. --write keeps the tables in results-csv.md, a section for each scale.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { peopleInAndOut } from './csv/people.js';
import { shellVersion } from './csv/sqlite-shell.js';
import { ratioLine, tablesOf } from './line.js';
import { machine } from './machine.js';
import { takenBy } from './measure.js';

const RESULTS = new URL('results-csv.md', import.meta.url);
const USUAL = [200_000, 1_000_000, 5_000_000];
/** How much more a row may take where there are more of them. */
const GROWTH = 1.1;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: 'string', default: '3' }, write: { type: 'boolean', default: false } },
});
const rounds = Number(values.rounds);
const scales = positionals.length === 0 ? USUAL : positionals.map(Number);

const folder = mkdtempSync(join(tmpdir(), 'rollcall-bench-'));
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM']))
  process.once(signal, () => process.exit(1));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
const say = (/** @type {string} */ text) =>
  console.error(`${new Date().toISOString().slice(11, 19)} ${text}`);

/** @type {{ rows: number, first: import('./measure.js').Taken } | undefined} */
let smallest;
for (const rows of scales) {
  const { taken, lines } = await peopleInAndOut({ folder, rounds, say }, rows);
  const first = takenBy(taken, 'first');
  const grown =
    smallest === undefined
      ? []
      : [
          ratioLine(`first import, ${rows.toLocaleString('en')} rows`, first, {
            to: `${smallest.rows.toLocaleString('en')} rows`,
            than: smallest.first,
            most: { processor: (rows / smallest.rows) * GROWTH },
          }),
        ];
  smallest ??= { rows, first };
  const command = `node bench/csv.js ${scales.join(' ')} --rounds ${rounds} --write`;
  const where = `${machine()} sqlite3 ${String(shellVersion())}.`;
  const section = `\`${command}\`\n\n${where}\n\n${tablesOf([...lines, ...grown])}\n`;
  console.log(section);
  if (values.write) keep(rows, section);
}

/**
 * Puts the section in the place of the one before.
 * @param {number} rows
 * @param {string} text
 */
function keep(rows, text) {
  const title = `${rows.toLocaleString('en')} rows`;
  const kept = existsSync(RESULTS) ? readFileSync(RESULTS, 'utf8').split(/^## /m).slice(1) : [];
  const others = kept.filter((other) => !other.startsWith(`${title}\n`));
  const sections = [...others.map((other) => other.trim()), `${title}\n\n${text}`.trim()].sort(
    (a, b) => rowsOf(a) - rowsOf(b),
  );
  writeFileSync(
    RESULTS,
    `# Results of \`node bench/csv.js\`\n\n${sections.map((one) => `## ${one}`).join('\n\n')}\n`,
  );
}

/** @param {string} section */
function rowsOf(section) {
  return Number(section.slice(0, section.indexOf(' ')).replaceAll(',', ''));
}
