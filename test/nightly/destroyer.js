#!/usr/bin/env node
/**
 * Every column with every nasty value, every change of the schema, every command:
 * `npm run nightly`, some hours on two processors. With a regular expression it goes through those
 * whose names it fits: `node test/nightly/destroyer.js 'contacts\..*: huge'`. CI goes through a
 * sample. See test/destroyer/destroyer.test.ts.
 */
import { spawnSync } from 'node:child_process';

const ROOT = new URL('../..', import.meta.url).pathname;

const env = {
  ...process.env,
  ROLLCALL_DESTROYER: 'all',
  ROLLCALL_DESTROYER_ONLY: process.argv[2] ?? '',
};
const { status } = spawnSync(
  process.execPath,
  [`${ROOT}node_modules/vitest/vitest.mjs`, 'run', 'test/destroyer'],
  { cwd: ROOT, env, stdio: 'inherit' },
);
process.exitCode = status ?? 1;
