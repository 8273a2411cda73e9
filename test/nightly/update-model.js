#!/usr/bin/env node
/**
 * Ten thousand random steps of the model that updates are compared with full rebuilds on:
 * `npm run nightly`, some ten minutes. Prints the seed first;
 * `node test/nightly/update-model.js SEED` goes the same way again, and with
 * ROLLCALL_MODEL_SHRINK=1 looks for the shortest way.
 */
import { spawnSync } from 'node:child_process';

const ROOT = new URL('../..', import.meta.url).pathname;
const STEPS_A_ROUND = 40;
const ROUNDS = 250;

const seed = process.argv[2] ?? String(Math.trunc(Math.random() * 2 ** 31));
console.log(`seed ${seed}: ${ROUNDS} rounds of ${STEPS_A_ROUND} steps`);
const env = {
  ...process.env,
  ROLLCALL_MODEL_SEED: seed,
  ROLLCALL_MODEL_ROUNDS: String(ROUNDS),
  ROLLCALL_MODEL_STEPS: String(STEPS_A_ROUND),
};
const { status } = spawnSync(
  process.execPath,
  [`${ROOT}node_modules/vitest/vitest.mjs`, 'run', 'test/property/update.test.ts'],
  { cwd: ROOT, env, stdio: 'inherit' },
);
process.exitCode = status ?? 1;
