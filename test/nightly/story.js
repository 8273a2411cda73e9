#!/usr/bin/env node
/**
 * Ten thousand random steps of the story in which all that can be done to a store is done, and all
 * laws are looked at after each step: `npm run nightly`. Prints the seed first;
 * `node test/nightly/story.js SEED` tells the same again. A step after which a law does not hold is
 * told with the shortest way to it that was found.
 */
import { spawnSync } from 'node:child_process';

const ROOT = new URL('../..', import.meta.url).pathname;
const STEPS_A_ROUND = 200;
const ROUNDS = 50;

const seed = process.argv[2] ?? String(Math.trunc(Math.random() * 2 ** 31));
console.log(`seed ${seed}: ${ROUNDS} rounds of ${STEPS_A_ROUND} steps`);
const env = {
  ...process.env,
  ROLLCALL_STORY_SEED: seed,
  ROLLCALL_STORY_ROUNDS: String(ROUNDS),
  ROLLCALL_STORY_STEPS: String(STEPS_A_ROUND),
};
const { status } = spawnSync(
  process.execPath,
  [`${ROOT}node_modules/vitest/vitest.mjs`, 'run', 'test/property/story.test.ts'],
  { cwd: ROOT, env, stdio: 'inherit' },
);
process.exitCode = status ?? 1;
