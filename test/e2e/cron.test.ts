import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { crontabLines } from '../helpers/crontab-lines.ts';
import { parseCsv } from '../helpers/csv-text.ts';
import { openShell, type Shell } from '../helpers/shell.ts';

/*
 * The real daemon of Debian runs every crontab line of the documentation as it is printed, as a
 * user who is not root. Replaced are the schedule (each minute), the places (a temporary folder's),
 * and where the line looks first for `rollcall` and `node`: links in a folder instead of
 * `npm install --global`, put before the line's own PATH. What a line says would be mailed: a
 * SHELL= at the top of the crontab, which keeps what each line says and how it ends, sees it.
 */

const MARK = '# rollcall tries its documentation';
const USER = 'nobody';
const PATH = `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`;
/** The next minute, and as long again for a busy machine. */
const LONGEST_WAIT_MS = 150_000;

const has = (name: string): boolean =>
  spawnSync('/bin/sh', ['-c', `command -v ${name}`], { env: { PATH } }).status === 0;
const hasCron = process.getuid?.() === 0 && has('cron') && has('crontab');
if (!hasCron) {
  const message = 'no `cron` (Debian), or not root: no crontab line is tried';
  if (process.env['CI'] === 'true') throw new Error(message);
  console.warn(message);
}

interface Job {
  readonly command: string;
  readonly status: number;
  readonly said: string;
}

const patient = { timeout: 3 * LONGEST_WAIT_MS };

test.skipIf(!hasCron)(
  'cron runs the lines of the documentation, and has nothing to mail',
  patient,
  async () => {
    const shell = openShell();
    onTestFinished(() => shell.remove());
    const { lines, places } = worldFor(shell);
    const missing = 'rollcall segments:update -q --db nowhere.db';
    const { PATH: path } = shell.asNobody().env;
    const commands = [...lines, `PATH=/bin ${missing}`].map((line) =>
      places(line).replace(/^PATH=/, `PATH=${path}:`),
    );

    await startCron();
    install(crontabOf(commands, shell));
    const jobs = await jobsOf(commands.length, shell);

    // cron's, before the shell gets it
    const asRun = commands.map((command) => command.replaceAll(String.raw`\%`, '%'));
    expect(jobs.map(({ command }) => command)).toEqual(asRun.toSorted());
    expectSaidBy(jobs);
    expectDone(shell);
  },
);

/** One command fails and says why, all others are well and say nothing. */
function expectSaidBy(jobs: readonly Job[]): void {
  const [loud, ...silent] = jobs.toSorted((a, b) => b.said.length - a.said.length);
  expect(loud).toMatchObject({
    status: 69,
    said: expect.stringMatching(/^error: .*nowhere\.db/) as string,
  });
  for (const { command, status, said } of silent)
    expect({ command, status, said }).toEqual({ command, status: 0, said: '' });
}

/** The segment was updated, a backup made, the file imported. */
function expectDone(shell: Shell): void {
  expect(hotIn(shell)).toContain('new@example.org');
  expect(readdirSync(join(shell.folder, 'backups'))).not.toEqual([]);
  expect(asOwner(shell, 'rollcall contacts:show imported@example.org --db crm.db')).toContain(
    'imported@example.org',
  );
}

/**
 * A store of the user's, whose segment lacks somebody, and the documented lines with its places
 * instead of theirs.
 */
function worldFor(shell: Shell): {
  readonly lines: readonly string[];
  readonly places: (line: string) => string;
} {
  const { folder } = shell;
  mkdirSync(join(folder, 'backups'));
  writeFileSync(join(folder, 'exports.csv'), 'email,points\nimported@example.org,1\n');
  spawnSync('chown', ['-R', USER, folder]);
  asOwner(shell, 'rollcall init --db crm.db && rollcall contacts:import contacts.csv --db crm.db');
  asOwner(
    shell,
    'rollcall segments:create "Hot leads" --alias hot --where "points >= 50" --db crm.db',
  );
  asOwner(
    shell,
    'rollcall segments:update --db crm.db && rollcall contacts:add new@example.org --set points=60 --db crm.db',
  );
  expect(hotIn(shell)).not.toContain('new@example.org');
  const places = (line: string): string =>
    line
      .replaceAll('/var/lib/rollcall', folder)
      .replaceAll('/var/backups/rollcall', join(folder, 'backups'))
      .replaceAll('/srv/exports/contacts.csv', join(folder, 'exports.csv'));
  return { lines: crontabLines().map(({ command }) => command), places };
}

function asOwner(shell: Shell, line: string): string {
  const ran = spawnSync('/bin/sh', ['-c', line], {
    ...shell.asNobody(),
    cwd: shell.folder,
    encoding: 'utf8',
  });
  if (ran.status !== 0) throw new Error(`${line} ended with ${String(ran.status)}: ${ran.stderr}`);
  return ran.stdout;
}

function hotIn(shell: Shell): (string | undefined)[] {
  return parseCsv(asOwner(shell, 'rollcall segments:export hot --db crm.db')).map(
    ({ email }) => email,
  );
}

/** Each command every minute, in a shell that writes down how it ended and what it said. */
function crontabOf(commands: readonly string[], { folder }: Shell): string {
  const shell = join(folder, 'shell');
  const jobs = join(folder, 'jobs');
  mkdirSync(jobs);
  spawnSync('chown', [USER, jobs]);
  writeFileSync(
    shell,
    `#!/bin/sh
said=$(/bin/sh "$@" 2>&1)
printf '%s\\n' "$?" "$2" "$said" > ${jobs}/.$$ && mv ${jobs}/.$$ ${jobs}/$$
`,
  );
  chmodSync(shell, 0o755);
  return [MARK, `SHELL=${shell}`, ...commands.map((command) => `* * * * * ${command}`), ''].join(
    '\n',
  );
}

/** What ran, by command, once all did. */
async function jobsOf(count: number, { folder }: Shell): Promise<Job[]> {
  const jobs = join(folder, 'jobs');
  const names = (): string[] => readdirSync(jobs).filter((name) => !name.startsWith('.'));
  const end = Date.now() + LONGEST_WAIT_MS;
  while (names().length < count && Date.now() < end) await wait(250);
  uninstall();
  return names()
    .map((name) => {
      const [status = '', command = '', ...said] = readFileSync(join(jobs, name), 'utf8').split(
        '\n',
      );
      return { command, status: Number(status), said: said.join('\n').trim() };
    })
    .sort((a, b) => (a.command < b.command ? -1 : 1));
}

/**
 * Starts the daemon, of which a machine has one: another test run's is waited for. It dies with the
 * test, or soon after.
 */
async function startCron(): Promise<void> {
  for (const end = Date.now() + LONGEST_WAIT_MS; ;) {
    const daemon = spawn('timeout', [String((2 * LONGEST_WAIT_MS) / 1000), 'cron', '-f'], {
      env: { PATH },
      stdio: 'ignore',
    });
    if (await staysAlive(daemon)) return;
    if (Date.now() > end) throw new Error('a cron daemon runs here already');
    await wait(1000);
  }
}

async function staysAlive(daemon: ChildProcess): Promise<boolean> {
  const hasEnded = await Promise.race([once(daemon, 'exit').then(() => true), wait(1000, false)]);
  if (!hasEnded) onTestFinished(() => void daemon.kill());
  return !hasEnded;
}

function install(crontab: string): void {
  const { stdout } = spawnSync('crontab', ['-u', USER, '-l'], { env: { PATH }, encoding: 'utf8' });
  if (stdout !== '' && !stdout.startsWith(MARK))
    throw new Error(`${USER} has a crontab, which stays as it is`);
  onTestFinished(uninstall);
  const { status, stderr } = spawnSync('crontab', ['-u', USER, '-'], {
    env: { PATH },
    input: crontab,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
}

function uninstall(): void {
  spawnSync('crontab', ['-u', USER, '-r'], { env: { PATH } });
}
