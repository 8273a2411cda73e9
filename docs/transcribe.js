#!/usr/bin/env node
/**
 * Runs each `$ …` line in the console blocks of these pages in a copy of fixtures/, a page each, and
 * writes what a terminal of 80 columns shows under it: `node docs/transcribe.js [PAGE...]`, after a
 * build. `script` of util-linux makes the terminal.
 * test/docs/transcripts.test.ts checks that the pages are up to date.
 */
import { execFileSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

const ROOT = new URL('..', import.meta.url).pathname;

const PAGES = [
  'README.md',
  'docs/guide.md',
  'docs/segments.md',
  'docs/definitions.md',
  'docs/triggers.md',
  'docs/people.md',
];

const asked = process.argv.slice(2);
for (const page of asked.length === 0 ? PAGES : asked) transcribe(join(ROOT, page));

/** @param {string} page */
function transcribe(page) {
  const home = mkdtempSync(join(tmpdir(), 'rollcall-docs-'));
  const folder = join(home, 'work');
  cpSync(join(ROOT, 'fixtures'), folder, { recursive: true });
  mkdirSync(join(home, 'bin'));
  symlinkSync(join(ROOT, 'bin/rollcall.js'), join(home, 'bin/rollcall'));
  const env = {
    PATH: [join(home, 'bin'), process.env['PATH']].join(delimiter),
    HOME: home,
    USER: 'ann',
    LANG: 'C.UTF-8',
    SHELL: '/bin/bash',
    TERM: 'dumb',
    NO_COLOR: '1',
  };
  /** @param {string} line */
  const run = (line) =>
    execFileSync(
      'script',
      ['-qec', 'stty cols 80 rows 24 -echo; eval "$STEP"; true', '/dev/null'],
      {
        ...{ cwd: folder, env: { ...env, STEP: line }, encoding: 'utf8' },
      },
    ).replaceAll('\r\n', '\n');
  /** @param {string} block */
  const filled = (block) =>
    block
      .split(/^\$ /m)
      .slice(1)
      .map((step) => {
        const [line = ''] = /^(?:.*\\\n)*.*/.exec(step) ?? [];
        return `$ ${line}\n${run(line)}`;
      })
      .join('');
  const text = readFileSync(page, 'utf8').replace(
    /^```console\n([\s\S]*?)^```$/gm,
    (_, block) => `\`\`\`console\n${filled(block)}\`\`\``,
  );
  writeFileSync(page, text);
  rmSync(home, { recursive: true });
}
