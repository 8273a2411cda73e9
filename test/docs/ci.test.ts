import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

const script = path.resolve(import.meta.dirname, '../../.ci/run');

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'rollcall-ci-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** Runs the script with an `npm` that does as told for each of its three calls. */
function runWithNpm(body: string): { readonly lastLine: string | undefined; readonly status: number | null } {
  const npm = path.join(folder, 'npm');
  writeFileSync(npm, `#!/bin/sh\ncase "$*" in\n${body}\nesac\n`);
  chmodSync(npm, 0o755);
  const { stdout, status } = spawnSync(script, { env: { PATH: `${folder}:${path.dirname(process.execPath)}:/usr/bin:/bin` }, encoding: 'utf8' });
  return { lastLine: stdout.trimEnd().split('\n').at(-1), status };
}

const report = (passed: number, failed: number, pending: number): string =>
  `echo '{"numPassedTests":${String(passed)},"numFailedTests":${String(failed)},"numPendingTests":${String(pending)},"numTodoTests":0}' > "$ROLLCALL_TEST_REPORT"`;

test.each([
  ['all is well', `cit) ${report(7, 0, 0)};;`, '7 passed, 0 failed', 0],
  ['a test is skipped', `cit) ${report(7, 0, 2)};;`, '7 passed, 0 failed, 2 skipped', 0],
  ['tests fail', `cit) ${report(5, 2, 0)}; exit 1;;`, '5 passed, 2 failed', 1],
  ['something fails around the tests', `cit) ${report(7, 0, 0)}; exit 1;;`, '7 passed, 1 failed', 1],
  ['the demo fails', 'run*) exit 3;;', '0 passed, 1 failed', 1],
  ['the install fails', 'ci) exit 1;;', '0 passed, 1 failed', 1],
  ['no test ran', 'x) ;;', '0 passed, 1 failed', 1],
])('.ci/run when %s', (_, body, lastLine, status) => {
  expect(runWithNpm(body)).toEqual({ lastLine, status });
});
