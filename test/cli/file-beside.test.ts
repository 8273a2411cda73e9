import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { withFileBeside } from '../../src/cli/output/file-beside.ts';
import type { Target } from '../../src/cli/output/target.ts';

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'rollcall-manifest-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

/** A target that nobody reads once it got so many texts. */
function targetOf(mostTexts: number, commit: () => Promise<void>): Target {
  let texts = 0;
  return {
    stream: undefined,
    get closed() {
      return texts > mostTexts;
    },
    write: async () => void (texts += 1),
    flush: async () => undefined,
    commit,
    discard: async () => undefined,
  };
}

const done = async (): Promise<void> => undefined;
const text = (written: object): string => JSON.stringify(written);

test('a file beside is there after the rows, and knows what was written', async () => {
  const path = join(newFolder(), 'm.json');
  const atCommit: boolean[] = [];
  const inner = targetOf(9, async () => void atCommit.push(existsSync(path)));
  const target = await withFileBeside(inner, { path, text });
  await target.write('é');
  await target.write('😀\n');
  await target.commit();
  await target.discard();
  expect(atCommit).toEqual([false]);
  expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({
    bytes: 7,
    sha256: 'f26b68b6994ea006d176890661e1c0401f133bb6cffe91cecfc5bd0570921cb8',
  });
});

test('there is none when nobody read to the end, or the rows could not be written', async () => {
  const folder = newFolder();
  const beside = { path: join(folder, 'm.json'), text };
  const unread = await withFileBeside(targetOf(0, done), beside);
  await unread.write('a\n');
  await unread.commit();
  await unread.discard();
  const full = targetOf(9, async () => Promise.reject(new Error('full')));
  const failing = await withFileBeside(full, beside);
  await failing.write('a\n');
  await expect(failing.commit()).rejects.toThrow('full');
  await failing.discard();
  expect(readdirSync(folder)).toEqual([]);
});
