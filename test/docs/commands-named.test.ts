import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { commandNames } from '../../src/cli/registry.ts';

const ROOT = join(import.meta.dirname, '../..');
const under = (folder: string, ending: string): string[] =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith(ending))
    .map((file) => join(folder, file));

/** Everything that a person reads: pages, and the sources for the help and the messages in them. */
const FILES = ['README.md', 'CHANGELOG.md', ...under('docs', '.md'), ...under('src', '.ts')];
const known = new Set([...commandNames(), 'help']);

test.each(FILES)('%s names no command that does not exist', (file) => {
  const text = readFileSync(join(ROOT, file), 'utf8');
  const named = [
    ...text.matchAll(/\brollcall ([a-z]+(?::[a-z]+)+)/g),
    ...text.matchAll(/[`$] ?rollcall ([a-z]+)(?=[ `])/g),
  ].map(([, name = '']) => name);
  expect(named.filter((name) => !known.has(name))).toEqual([]);
});
