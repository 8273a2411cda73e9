// Whole processes against a bare Node, interleaved so that a busy machine slows all of them alike:
//   node bench/start-up.js [rounds]
// The limits: --version and help at most 1.3 times, a command that uses the store at most 1.7 times
// a bare `node -e 0`.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const rounds = Number(process.argv[2] ?? 25);
const rollcall = new URL('../bin/rollcall.js', import.meta.url).pathname;
if (!existsSync(new URL('../dist/main.cjs', import.meta.url)))
  throw new Error('build first: npm run build');

const folder = mkdtempSync(join(tmpdir(), 'rollcall-bench-'));
const db = join(folder, 'bench.db');
/** @type {Readonly<Record<string, readonly string[]>>} */
const cases = {
  bare: ['-e', '0'],
  '--version': [rollcall, '--version'],
  help: [rollcall, 'help'],
  'settings:list': [rollcall, 'settings:list', '--db', db],
  'segments:list': [rollcall, 'segments:list', '--db', db],
  'segments:update': [rollcall, 'segments:update', '--db', db],
};

/** @param {readonly string[]} args */
function run(args) {
  const start = performance.now();
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  const ms = performance.now() - start;
  if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status}: ${stderr}`);
  return ms;
}

/** @param {readonly number[]} numbers */
const median = (numbers) =>
  numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;

try {
  run([rollcall, 'init', '--db', db]);
  run([rollcall, 'segments:create', 'French', '--where', 'country = "FR"', '--db', db]);
  run([rollcall, 'segments:update', '--db', db]); // so that those below have nothing to do
  /** @type {Map<string, number[]>} */
  const times = new Map(Object.keys(cases).map((name) => [name, []]));
  for (let round = 0; round < rounds; round++)
    for (const [name, args] of Object.entries(cases)) times.get(name)?.push(run(args));
  const bare = median(times.get('bare') ?? []);
  for (const [name, list] of times)
    console.log(
      `${name.padEnd(15)} ${median(list).toFixed(0).padStart(5)} ms  ${(median(list) / bare).toFixed(2)} x`,
    );
} finally {
  rmSync(folder, { recursive: true });
}
