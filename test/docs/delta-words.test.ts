import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = new URL('../..', import.meta.url).pathname;

/** The rows of the table of words in docs/delta.md. */
const WORDS = [
  ...readFileSync(join(ROOT, 'docs/delta.md'), 'utf8').matchAll(
    /^\| ([a-z ]+?) +\| (.+?) +\| `(src\/.+)` +\|$/gmu,
  ),
].map(([, word = '', meaning = '', file = '']) => ({ word, meaning, file }));

test('docs/delta.md has the words of the engine, each once, in order', () => {
  const words = WORDS.map(({ word }) => word);
  expect(words.length).toBeGreaterThan(30);
  expect(words).toEqual([...new Set(words)].sort());
});

test.each(WORDS)('$word lives in $file', ({ word, file }) => {
  expect(existsSync(join(ROOT, file))).toBe(true);
  expect(readFileSync(join(ROOT, file), 'utf8').toLowerCase()).toContain(word);
});
