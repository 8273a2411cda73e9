#!/usr/bin/env node
/**
 * Takes the rules of updates out of the source one by one and runs the tests that must then fail:
 * `node test/mutants/run.js [NAME…]`. Prints a line for each rule with a test that failed; ends
 * with 1 when a rule can go without a failing test.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MUTANTS } from './list.js';

const ROOT = new URL('../..', import.meta.url).pathname;
const names = process.argv.slice(2);

/**
 * The titles of the tests that fail without the rule.
 * @param {import('./list.js').Mutant} mutant
 * @param {string} folder
 * @returns {string[]}
 */
function failingTests({ name, tests, only }, folder) {
  const report = join(folder, `${name}.json`);
  const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs');
  const options = [
    'run',
    '--reporter=json',
    `--outputFile=${report}`,
    ...(only === undefined ? [] : ['-t', only]),
    ...tests.map((test) => `test/${test}`),
  ];
  const { status, stderr } = spawnSync(process.execPath, [vitest, ...options], {
    cwd: ROOT,
    env: { ...process.env, ROLLCALL_WITHOUT_RULE: name },
    encoding: 'utf8',
  });
  if (status === null) throw new Error(`vitest ended early: ${stderr}`);
  const { testResults } = JSON.parse(readFileSync(report, 'utf8'));
  return testResults.flatMap(
    /** @param {{ assertionResults: { status: string, fullName: string }[] }} file */
    (file) =>
      file.assertionResults
        .filter((result) => result.status === 'failed')
        .map((result) => result.fullName),
  );
}

const folder = mkdtempSync(join(tmpdir(), 'rollcall-mutants-'));
let survivors = 0;
try {
  for (const mutant of MUTANTS.filter(({ name }) => names.length === 0 || names.includes(name))) {
    const [first, ...more] = failingTests(mutant, folder);
    if (first === undefined) survivors += 1;
    const others = more.length === 0 ? '' : ` (and ${more.length} more)`;
    const outcome = first === undefined ? 'NO TEST FAILS' : `${first}${others}`;
    console.log(`${mutant.name} | ${mutant.rule} | ${outcome}`);
  }
} finally {
  rmSync(folder, { recursive: true });
}
console.log(
  survivors === 0 ? 'every rule is needed' : `${survivors} can go without a failing test`,
);
process.exitCode = survivors === 0 ? 0 : 1;
