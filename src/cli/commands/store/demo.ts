import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EXIT, UserError } from '../../../support/errors.ts';
import { packageFolder } from '../../../support/package-folder.ts';
import { shellQuoted } from '../../../support/shell-quote.ts';
import type { Context } from '../../context.ts';
import { defineCommand } from '../../define-command.ts';
import { commandLine, demoSteps, type Step } from '../../routines/demo-steps.ts';

const FILES = ['companies.csv', 'contacts.csv', 'hits.csv', 'events.csv'];

export default defineCommand({
  name: 'demo',
  description:
    'Shows the main job in a new temporary folder: imports 2,000 invented contacts with their ' +
    'companies and events, defines five segments, updates, ' +
    'lists and exports them. Each command line is printed before what it says; the folder ' +
    'stays, to go on with.',
  arguments: {},
  options: {},
  examples: ['rollcall demo'],
  exitCodes: [EXIT.noStore],
  store: 'none',
  result: 'raw',
  run: async (context) => ({ kind: 'raw', chunks: demonstrate(context), isLive: true }),
});

function* demonstrate({ now }: Context): Generator<string> {
  const root = packageFolder();
  const folder = mkdtempSync(join(tmpdir(), 'rollcall-demo-'));
  for (const file of FILES) copyFileSync(join(root, 'fixtures', file), join(folder, file));
  yield `$ cd ${folder}\n$ export ROLLCALL_DB=crm.db\n`;
  for (const step of demoSteps(join(root, 'fixtures'))) {
    yield `\n$ ${commandLine(step)}\n`;
    yield outputOf(step, join(root, 'bin', 'rollcall.js'), folder, now);
  }
  yield farewell(folder);
}

/**
 * Runs the program itself, as a user would: what it prints, first the data, then what it says about
 * them.
 */
function outputOf(step: Step, program: string, folder: string, now: number): string {
  const { status, signal, stdout, stderr } = spawnSync(
    process.execPath,
    [program, '--now', new Date(now).toISOString(), ...step.args],
    {
      cwd: folder,
      env: { ...process.env, ROLLCALL_DB: 'crm.db' },
      input: step.input === undefined ? '' : readFileSync(join(folder, step.input)),
      encoding: 'utf8',
    },
  );
  if (status !== EXIT.done)
    throw stepFailed(step, { end: status ?? signal ?? '?', said: stdout + stderr });
  return stdout + stderr;
}

/**
 * What a step was refused for is not the demonstration's own fault: a full disk, a SQLite that does
 * not load.
 */
function stepFailed(
  step: Step,
  { end, said }: { readonly end: number | string; readonly said: string },
): Error {
  const code = [EXIT.noStore, EXIT.noOutput, EXIT.ioError, EXIT.noPermission].find(
    (each) => each === end,
  );
  const [, message, hint] = /^error: (.*)\n(?:hint: (.*)\n)?/m.exec(said) ?? [];
  if (code !== undefined && message !== undefined)
    return new UserError('STEP_FAILED', code, message, { hint });
  return new Error(`\`${commandLine(step)}\` ended with ${end}:\n${said}`);
}

function farewell(folder: string): string {
  const store = join(folder, 'crm.db');
  const quoted = shellQuoted(store);
  return `
The hot leads are in ${join(folder, 'hot-leads.csv')}
and the store is ${store}: rollcall segments:list --db ${quoted}

This line in a crontab keeps segments true:
*/15 * * * * PATH=/usr/local/bin:/usr/bin:/bin rollcall segments:update -q --if-locked skip --db ${inCrontab(quoted)}
`;
}

/** A bare percent sign ends the command of a crontab's line. */
function inCrontab(words: string): string {
  return words.replaceAll('%', String.raw`\%`);
}
