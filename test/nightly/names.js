#!/usr/bin/env node
/**
 * Fields called like each word that stands in a statement, each alone, in several types:
 * `npm run nightly`, some hours.
 */
import { spawnSync } from 'node:child_process';

const ROOT = new URL('../..', import.meta.url).pathname;

const env = { ...process.env, ROLLCALL_NAMES: 'each' };
const vitest = `${ROOT}node_modules/vitest/vitest.mjs`;
const { status } = spawnSync(process.execPath, [vitest, 'run', 'test/store/names'], {
  cwd: ROOT,
  env,
  stdio: 'inherit',
});
process.exitCode = status ?? 1;
