import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HAS_TERMINAL } from '../helpers/pseudo-terminal.ts';
import { openShell, type Shell } from '../helpers/shell.ts';

interface Step {
  readonly line: string;
  readonly output: string;
}

/**
 * The `$ …` lines of a document's console blocks, each with what stands under it; a line that ends
 * in `\` goes on.
 */
function stepsOf(markdown: string): Step[] {
  return [...markdown.matchAll(/^```console\n([\s\S]*?)^```$/gm)].flatMap(([, block = '']) =>
    block
      .split(/^\$ /m)
      .slice(1)
      .map((step) => {
        const [, line = '', output = ''] = /^((?:.*\\\n)*.*)\n([\s\S]*)$/.exec(step) ?? [];
        return { line, output };
      }),
  );
}

/**
 * What differs from run to run: which store it is, the time of day, how long something took, and how
 * wide a column of these is.
 */
function steady(text: string): string {
  return text
    .replace(/\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?/g, '(an instant)')
    .replace(/\bcursor [0-9a-f]{32}\S+/g, 'cursor (some)')
    .replace(/\bms=\d+/g, 'ms=(some)')
    .replace(/\b[\d,]+(\.\d+)? ms\b/g, '(some) ms')
    .replace(/\b[\d,]+\.\d+( +all contacts)/g, '(some)$1')
    .replace(/ {2,}/g, '  ');
}

/** A command line that runs this one on a terminal of 80 columns, as docs/transcribe.js does. */
function onTerminal(line: string): string {
  const step = `'${line.replaceAll("'", String.raw`'\''`)}'`;
  return (
    `export USER=ann LANG=C.UTF-8 SHELL=/bin/bash TERM=dumb NO_COLOR=1 STEP=${step}; ` +
    `script -qec 'stty cols 80 rows 24 -echo; eval "$STEP"; true' /dev/null`
  );
}

const PAGES = [
  'README',
  'docs/guide',
  'docs/segments',
  'docs/definitions',
  'docs/triggers',
  'docs/people',
];

describe.skipIf(!HAS_TERMINAL).each(PAGES.map((page) => `${page}.md`))(
  'the transcript in %s',
  (document) => {
    const steps = stepsOf(readFileSync(new URL(`../../${document}`, import.meta.url), 'utf8'));
    let shell: Shell;
    beforeAll(() => {
      shell = openShell();
    });
    afterAll(() => shell.remove());

    test('is there', () => expect(steps).not.toEqual([]));

    test.each(steps)('$line', ({ line, output }) => {
      const ran = shell.run(onTerminal(line));
      expect(steady(ran.stdout.replaceAll('\r\n', '\n'))).toBe(steady(output));
    });
  },
);
