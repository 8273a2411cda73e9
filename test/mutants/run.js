#!/usr/bin/env node
/**
 * Takes the rules of updates out of the source one by one and runs the tests that must then fail:
 * `node test/mutants/run.js [NAME…]`, as many at a time as there are processors. Prints a line for
 * each rule with the first test that failed; ends with 1 when a rule can go without a failing test.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { MUTANTS } from './list.js';

const ROOT = new URL('../..', import.meta.url).pathname;
const VITEST = join(ROOT, 'node_modules/vitest/vitest.mjs');
const TSDOWN = join(ROOT, 'node_modules/tsdown/dist/run.mjs');
/** Programs stand below the package, whose files and modules they look for above them. */
const PROGRAMS = join(ROOT, 'node_modules/.cache/rollcall');
const run = promisify(execFile);

const names = process.argv.slice(2);
const unknown = names.filter((name) => !MUTANTS.some((mutant) => mutant.name === name));
if (unknown.length > 0) throw new Error(`there is no mutant ${unknown.join(', ')}`);
const left = MUTANTS.filter(({ name }) => names.length === 0 || names.includes(name));

/**
 * The title of the first test that fails without the rule; undefined when none does.
 * @param {import('./list.js').Mutant} mutant
 * @param {string} folder
 * @returns {Promise<string | undefined>}
 */
async function failingTest({ name, tests, only, isBuilt = false }, folder) {
  const report = join(folder, `${name}.json`);
  const options = ['run', '--bail=1', '--reporter=json', `--outputFile=${report}`];
  const chosen = only === undefined ? [] : ['-t', only];
  const paths = tests.map((test) => `test/${test}`);
  const env = { ...process.env, ROLLCALL_WITHOUT_RULE: name, ...(isBuilt && (await build(name))) };
  // vitest ends with 1 when tests fail: the report says which
  await run(process.execPath, [VITEST, ...options, ...chosen, ...paths], { cwd: ROOT, env }).catch(
    (error) => {
      if (error.code !== 1) throw error;
    },
  );
  const { testResults, success } = JSON.parse(readFileSync(report, 'utf8'));
  /** @type {{ assertionResults: { status: string, fullName: string }[] }[]} */
  const files = testResults;
  const failed = files
    .flatMap((file) => file.assertionResults)
    .find(({ status }) => status === 'failed');
  // a source that cannot even be loaded is no rule taken out
  if (failed === undefined && success === false)
    throw new Error('no test could begin: its edit is wrong');
  return failed?.fullName;
}

/**
 * Builds the program without the rule; gives what tells tests where it is.
 * @param {string} name
 */
async function build(name) {
  const program = join(PROGRAMS, `without-${name}`);
  const config = join(ROOT, 'test/mutants/program.config.ts');
  const env = { ...process.env, ROLLCALL_WITHOUT_RULE: name };
  const options = ['--config', config, '--out-dir', program, '--logLevel', 'error'];
  await run(process.execPath, [TSDOWN, ...options], { cwd: ROOT, env });
  return { ROLLCALL_TEST_PROGRAM: program };
}

let survivors = 0;

/**
 * Takes rules from the list until none is left.
 * @param {string} folder
 */
async function work(folder) {
  for (let mutant = left.shift(); mutant !== undefined; mutant = left.shift()) {
    const outcome = await failingTest(mutant, folder).then(
      (failed) => ({ isNeeded: failed !== undefined, text: failed ?? 'NO TEST FAILS' }),
      (/** @type {Error} */ error) => ({ isNeeded: false, text: error.message }),
    );
    rmSync(join(PROGRAMS, `without-${mutant.name}`), { recursive: true, force: true });
    if (!outcome.isNeeded) survivors += 1;
    console.log(`${mutant.name} | ${mutant.rule} | ${outcome.text}`);
  }
}

const folder = mkdtempSync(join(tmpdir(), 'rollcall-mutants-'));
try {
  await Promise.all(Array.from({ length: availableParallelism() }, async () => work(folder)));
} finally {
  rmSync(folder, { recursive: true });
}
console.log(
  survivors === 0 ? 'every rule is needed' : `${survivors} can go without a failing test`,
);
process.exitCode = survivors === 0 ? 0 : 1;
