import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Shell, openShell } from '../helpers/shell.ts';

/**
 * Outputs that a shell has opened already: nothing may take the place of the file that stands
 * behind them.
 */

let shell: Shell;
beforeAll(() => {
  shell = openShell();
  writeFileSync(join(shell.folder, 'in.csv'), 'email\nann@example.org\nbad\n');
  const made = shell.run(
    'rollcall init --db crm.db && rollcall contacts:add ann@example.org --db crm.db',
  );
  expect(made).toMatchObject({ status: 0 });
});
afterAll(() => shell.remove());

const IMPORT = 'rollcall contacts:import in.csv --db crm.db';
const EXPORT = 'rollcall contacts:list --fields email --format csv --db crm.db';
const REJECTS = 'email,_line,_column,_reason\nbad,3,email,E-mail: `bad` is not an e-mail address\n';
const SUMMARY = '2 rows: 1 unchanged, 1 rejected\nrejected rows are in /dev/stdout\n';

/** What a log holds to which the line writes between two others. */
function logOf(line: string, redirect = '> log'): string {
  shell.run(`{ echo before; ${line}; echo after; } ${redirect}`);
  return readFileSync(join(shell.folder, 'log'), 'utf8');
}

test.each(['-', '/dev/stdout', '/dev/fd/1'])(
  'rejected rows go to standard output by the name %s',
  (name) => {
    const told = name === '-' ? '/dev/stdout' : name;
    const after = SUMMARY.replace('/dev/stdout', told);
    expect(logOf(`${IMPORT} --rejects ${name}`)).toBe(`before\n${REJECTS}${after}after\n`);
    expect(existsSync(join(shell.folder, '-'))).toBe(false);
  },
);

test('rejected rows do not stand before a document', () => {
  for (const format of ['json', 'ndjson']) {
    const { status, stdout, stderr } = shell.run(
      `${IMPORT} --rejects /dev/stdout --format ${format}`,
    );
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toContain(`--rejects /dev/stdout is standard output, where the ${format} goes`);
    const apart = shell.run(`${IMPORT} --rejects - --format ${format} -o report`);
    expect(apart).toMatchObject({ status: 3, stdout: REJECTS });
  }
});

test.each(['/dev/stdout', '/dev/fd/1', 'link', '/dev/fd/3'])(
  'a result goes to %s, not in its place',
  (name) => {
    rmSync(join(shell.folder, 'link'), { force: true });
    shell.run('ln -s /dev/fd/1 link');
    expect(logOf(`${EXPORT} -o ${name}`, '> log 3>&1')).toBe(
      'before\nemail\nann@example.org\nafter\n',
    );
  },
);

test('what is read through a descriptor has no file beside it', () => {
  for (const name of ['/dev/stdin', '/dev/fd/3']) {
    const { status, stderr } = shell.run(
      `rollcall contacts:import ${name} --db crm.db < in.csv 3< in.csv`,
    );
    expect([status, existsSync(`${name}.rejects.csv`)]).toEqual([3, false]);
    expect(stderr).toContain('1 rejected row not written down');
  }
});

test('a pipe where rejected rows would go is not waited for (73)', () => {
  shell.run('mkfifo in.csv.rejects.csv');
  expect(shell.run(`timeout 20 ${IMPORT}`)).toEqual({
    status: 73,
    stdout: '',
    stderr:
      'error: in.csv.rejects.csv, where rejected rows go, is no file\n' +
      'hint: move it away, or name another file with --rejects\n',
  });
  rmSync(join(shell.folder, 'in.csv.rejects.csv'));
});

test('a folder is no filter (66)', () => {
  shell.run('mkdir folder');
  const { status, stderr } = shell.run('rollcall contacts:list --where @folder --db crm.db');
  expect([status, stderr]).toEqual([
    66,
    expect.stringMatching(/^error: folder is a folder, not a file\nhint: /),
  ]);
});
