import {
  chmodSync,
  closeSync,
  existsSync,
  lchownSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
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

test('a link that leads nowhere yet leads to the new file', async () => {
  mkdirSync(join(folder, 'deep'));
  symlinkSync('deep', join(folder, 'folder'));
  symlinkSync('../real.csv', join(folder, 'deep/link.csv'));
  const file = await createOutputFile(join(folder, 'folder/link.csv'));
  await file.write('new');
  await file.commit();
  expect(readFileSync(join(folder, 'real.csv'), 'utf8')).toBe('new');
  expect(readdirSync(folder).sort()).toEqual(['deep', 'folder', 'real.csv']);
  expect(readdirSync(join(folder, 'deep'))).toEqual(['link.csv']);
});

const isRoot = process.geteuid?.() === 0;

test.skipIf(!isRoot)(
  'a link of a stranger in a folder of everybody is not followed (77)',
  async () => {
    chmodSync(folder, 0o1777);
    writeFileSync(join(folder, 'real.csv'), 'mine');
    const link = join(folder, 'link.csv');
    symlinkSync('real.csv', link);
    lchownSync(link, 65_534, 65_534);
    await expect(createOutputFile(link)).rejects.toMatchObject({
      code: 'STRANGE_FILE',
      exit: 77,
      message: `${link} is a link that another user made: it is not followed`,
    });
    symlinkSync('link.csv', join(folder, 'to-link.csv')); // our own, which leads to theirs
    await expect(createOutputFile(join(folder, 'to-link.csv'))).rejects.toMatchObject({
      code: 'STRANGE_FILE',
      exit: 77,
    });
    expect(readFileSync(join(folder, 'real.csv'), 'utf8')).toBe('mine');
    chmodSync(folder, 0o755); // where nobody else can make links, whose it is does not matter
    const file = await createOutputFile(link);
    await file.discard();
  },
);

test('links that lead in a circle cannot be created (73)', async () => {
  symlinkSync('two', join(folder, 'one'));
  symlinkSync('one', join(folder, 'two'));
  await expect(createOutputFile(join(folder, 'one'))).rejects.toMatchObject({
    code: 'NO_OUTPUT',
    exit: 73,
  });
});

test('a draft has a name that nobody knows before, and takes no place that is taken', async () => {
  const path = join(folder, 'out.csv');
  const files = await Promise.all([createOutputFile(path), createOutputFile(path)]);
  const drafts = readdirSync(folder);
  expect(drafts.map((name) => /^\.out\.csv\.[0-9a-f]{12}\.tmp$/.test(name))).toEqual([true, true]);
  for (const name of drafts) expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600);
  for (const file of files) await file.discard();
  expect(readdirSync(folder)).toEqual([]);
});

test('a file that another user may not replace is no full disk (77)', async () => {
  const path = join(folder, 'out.csv');
  const file = await createOutputFile(path);
  chmodSync(folder, 0o555);
  const refused = { code: 'NO_PERMISSION', exit: 77, message: `no permission to write to ${path}` };
  await asNobody(async () => expect(file.commit()).rejects.toMatchObject(refused));
  chmodSync(folder, 0o755);
  await file.discard();
});

test('a name of the greatest length gets a draft too', async () => {
  const path = join(folder, 'é'.repeat(127));
  const file = await createOutputFile(path);
  await file.write('new');
  await file.commit();
  expect(readFileSync(path, 'utf8')).toBe('new');
});

test('a file that is open is written to where it stands, and stays the file that it is', async () => {
  const path = join(folder, 'log');
  const opened = openSync(path, 'w');
  writeSync(opened, 'before\n');
  symlinkSync(`/dev/fd/${opened}`, join(folder, 'link'));
  for (const name of [`/dev/fd/${opened}`, join(folder, 'link')]) {
    const file = await createOutputFile(name);
    await file.write('within\n');
    await file.commit();
    await file.discard();
    writeSync(opened, 'after\n');
  }
  closeSync(opened);
  expect(readFileSync(path, 'utf8')).toBe('before\nwithin\nafter\nwithin\nafter\n');
  expect(readdirSync(folder).sort()).toEqual(['link', 'log']);
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
  await expect(file.commit()).rejects.toMatchObject({
    name: 'UserError',
    code: 'IO_ERROR',
    exit: 74,
    message: 'cannot write to /dev/full: no space left on device',
  });
  await file.discard();
});

test('a missing folder and a folder in the place of the file cannot be created', async () => {
  const missing = join(folder, 'no', 'out.csv');
  await expect(createOutputFile(missing)).rejects.toMatchObject({
    code: 'NO_OUTPUT',
    exit: 73,
    message: `cannot write to ${missing}: the folder ${join(folder, 'no')} does not exist`,
  });
  await expect(createOutputFile(folder)).rejects.toMatchObject({
    code: 'NO_OUTPUT',
    exit: 73,
    message: `cannot write to ${folder}: it is a folder`,
  });
});

test('a folder without permission is refused', async () => {
  const closed = join(folder, 'closed');
  mkdirSync(closed);
  chmodSync(closed, 0o500);
  chmodSync(folder, 0o755);
  await expect(
    asNobody(async () => createOutputFile(join(closed, 'out.csv'))),
  ).rejects.toMatchObject({ code: 'NO_PERMISSION', exit: 77 });
});
