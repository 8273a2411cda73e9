import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createOutputFile } from '../../src/support/output-file.ts';
import { asNobody } from '../helpers/as-nobody.ts';

let folder = '';
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'rollcall-output-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('a file appears whole, with its owner as the only reader', async () => {
  const path = join(folder, 'out.csv');
  const file = await createOutputFile(path);
  await file.write('a,b\n');
  await file.write('é'.repeat(70_000));
  expect(existsSync(path)).toBe(false);
  await file.commit();
  await file.discard();
  expect(readFileSync(path, 'utf8')).toBe(`a,b\n${'é'.repeat(70_000)}`);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readdirSync(folder)).toEqual(['out.csv']);
});

test('a discarded file leaves what stood there, and no draft', async () => {
  const path = join(folder, 'out.csv');
  writeFileSync(path, 'old');
  const file = await createOutputFile(path);
  await file.write('new');
  await file.discard();
  await file.discard();
  expect(readFileSync(path, 'utf8')).toBe('old');
  expect(readdirSync(folder)).toEqual(['out.csv']);
});

test('a link stays a link: what it leads to is replaced', async () => {
  writeFileSync(join(folder, 'real.csv'), 'old');
  symlinkSync('real.csv', join(folder, 'link.csv'));
  const file = await createOutputFile(join(folder, 'link.csv'));
  await file.write('new');
  await file.commit();
  expect(readFileSync(join(folder, 'real.csv'), 'utf8')).toBe('new');
  expect(readdirSync(folder).sort()).toEqual(['link.csv', 'real.csv']);
});

test('a name of the greatest length gets a draft too', async () => {
  const path = join(folder, 'é'.repeat(127));
  const file = await createOutputFile(path);
  await file.write('new');
  await file.commit();
  expect(readFileSync(path, 'utf8')).toBe('new');
});

test('a device is written to as it is', async () => {
  const file = await createOutputFile('/dev/null');
  await file.write('gone');
  await file.commit();
  expect(statSync('/dev/null').isCharacterDevice()).toBe(true);
});

test('a full disk is an I/O error', async () => {
  const file = await createOutputFile('/dev/full');
  await file.write('x');
  await expect(file.commit()).rejects.toMatchObject({ name: 'UserError', code: 'IO_ERROR', exit: 74, message: 'cannot write to /dev/full: no space left on device' });
  await file.discard();
});

test('a missing folder and a folder in the place of the file cannot be created', async () => {
  const missing = join(folder, 'no', 'out.csv');
  await expect(createOutputFile(missing)).rejects.toMatchObject({ code: 'NO_OUTPUT', exit: 73, message: `cannot write to ${missing}: the folder ${join(folder, 'no')} does not exist` });
  await expect(createOutputFile(folder)).rejects.toMatchObject({ code: 'NO_OUTPUT', exit: 73, message: `cannot write to ${folder}: it is a folder` });
});

test('a folder without permission is refused', async () => {
  const closed = join(folder, 'closed');
  mkdirSync(closed);
  chmodSync(closed, 0o500);
  chmodSync(folder, 0o755);
  await expect(asNobody(async () => createOutputFile(join(closed, 'out.csv')))).rejects.toMatchObject({ code: 'NO_PERMISSION', exit: 77 });
});
