import { readdirSync, readFileSync } from 'node:fs';
import { basename, join, sep } from 'node:path';
import { expect, test } from 'vitest';
import type { Command } from '../../src/cli/define-command.ts';
import { COMMANDS, NAMESPACES } from '../../src/cli/registry.ts';

const FOLDER = join(import.meta.dirname, '../../src/cli/commands');
const LARGEST_FOLDER = 20;

const files = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' }).filter((file) =>
  file.endsWith('.ts'),
);

/** `segments/filter/filters-add.ts` → the namespace `segments`, and the file's own name. */
function placeOf(file: string): { readonly namespace: string; readonly stem: string } {
  return { namespace: file.split(sep)[0] ?? '', stem: basename(file, '.ts') };
}

/** `segments:filters:add` → `filters-add`; the commands on the store have no namespace in front. */
function stemOf(name: string): string {
  const [first = '', ...rest] = name.split(':');
  return rest.length === 0 ? first : rest.join('-');
}

test('there is a folder for each namespace, and no other', () => {
  expect(readdirSync(FOLDER).sort()).toEqual(Object.keys(NAMESPACES).sort());
});

test('no folder holds more commands than one can look over', () => {
  for (const folder of new Set(files.map((file) => join(FOLDER, file, '..')))) {
    const commands = readdirSync(folder).filter((file) => file.endsWith('.ts'));
    expect(commands.length, folder).toBeLessThanOrEqual(LARGEST_FOLDER);
  }
});

test('no command stands in two namespaces', () => {
  const names = Object.values(NAMESPACES).flatMap(({ commands }) => Object.keys(commands));
  expect(names).toEqual(Object.keys(COMMANDS));
});

test.each(files)('%s is a command, registered under its namespace and name', async (file) => {
  const { namespace, stem } = placeOf(file);
  const { default: command } = (await import(join(FOLDER, file))) as { default: Command };
  const entry = NAMESPACES[namespace]?.commands[command.name];
  expect((await entry?.load())?.default).toBe(command);
  expect(stemOf(command.name)).toBe(stem);
});

test.each(Object.entries(NAMESPACES))(
  'every command of %s has a file in the folder of that name',
  (namespace, { commands }) => {
    const stems = files
      .map(placeOf)
      .filter((place) => place.namespace === namespace)
      .map(({ stem }) => stem);
    expect(Object.keys(commands).map(stemOf).sort()).toEqual(stems.sort());
  },
);

test('docs/command-line.md has the same namespaces with the same commands, in this order', () => {
  const page = readFileSync(new URL('../../docs/command-line.md', import.meta.url), 'utf8');
  const told = page
    .split('\n## ')
    .map((part) => [
      part.split('\n')[0],
      [...part.matchAll(/^### (\S+)$/gm)].map(([, name]) => name),
    ])
    .filter(([, names = []]) => names.length > 0);
  const registered = Object.values(NAMESPACES).map(({ title, commands }) => [
    title,
    Object.keys(commands),
  ]);
  expect(told).toEqual(registered);
});
