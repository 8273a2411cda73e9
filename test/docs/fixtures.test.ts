import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';

const fixtures = path.resolve(import.meta.dirname, '../../fixtures');

function dataFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.[ct]sv$/.test(name))
    .sort();
}

/** Those of other systems are written by hand, as these systems write them. */
function generatedFiles(folder: string): string[] {
  return dataFiles(folder).filter((name) => !name.startsWith('presets'));
}

test('the generator writes the kept files again, to the byte', () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'rollcall-fixtures-'));
  try {
    execFileSync(process.execPath, [path.join(fixtures, 'generate.js'), folder]);
    expect(generatedFiles(folder)).toEqual(generatedFiles(fixtures));
    for (const name of generatedFiles(fixtures)) {
      expect(
        readFileSync(path.join(folder, name)).equals(readFileSync(path.join(fixtures, name))),
        name,
      ).toBe(true);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('no address leaves the domains kept for examples', () => {
  for (const name of dataFiles(fixtures)) {
    const domains =
      readFileSync(path.join(fixtures, name), 'utf8').match(/(?<=@)[\w.-]+\.[a-z]+/gi) ?? [];
    const real = domains.filter((domain) => !/^example\.(org|net|com)$|\.example$/i.test(domain));
    expect(real, name).toEqual([]);
  }
});
