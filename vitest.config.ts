import { defineConfig } from 'vitest/config';
import { withoutRule } from './test/mutants/plugin.js';

/** A file for the figures of the run, which `.ci/run` reads. */
const report = process.env['ROLLCALL_TEST_REPORT'];

export default defineConfig({
  plugins: [withoutRule(process.env['ROLLCALL_WITHOUT_RULE'])],
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/helpers/build.ts', 'test/helpers/postgres/setup.ts'],
    setupFiles: ['test/helpers/seed.ts'],
    env: { TZ: 'Pacific/Kiritimati', NO_COLOR: '1' },
    testTimeout: 60_000,
    hookTimeout: 120_000,
    maxWorkers: 2,
    reporters: report === undefined ? ['default'] : ['default', ['json', { outputFile: report }]],
  },
});
