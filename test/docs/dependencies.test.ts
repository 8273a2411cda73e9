import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import pkg from '../../package.json' with { type: 'json' };

const read = (name: string): string =>
  readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8');

test('docs/dependencies.md gives a reason for each runtime dependency and for nothing else', () => {
  const rows = [...read('docs/dependencies.md').matchAll(/^\| ([\w@/-]+) +\| (.+) \|$/gm)].filter(
    ([, name = '']) => !/^(package|-+)$/.test(name),
  );
  expect(rows.map(([, name]) => name).sort()).toEqual(Object.keys(pkg.dependencies).sort());
});

test('the lock file records no download addresses', () => {
  expect(read('package-lock.json')).not.toContain('"resolved"');
});

test('install scripts may run for those packages that have one, and no others', () => {
  const lock = JSON.parse(read('package-lock.json')) as {
    packages: Record<string, { hasInstallScript?: boolean }>;
  };
  const withScript = Object.entries(lock.packages).flatMap(([path, entry]) =>
    entry.hasInstallScript === true ? [path.replace(/^.*node_modules\//, '')] : [],
  );
  expect(Object.keys(pkg.allowScripts).sort()).toEqual(withScript.sort());
});
