import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { withManifest } from '../../src/cli/output/manifest-target.ts';
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
const about = { schema: 'x' };

test('a manifest is there after the rows, with what was written', async () => {
  const path = join(newFolder(), 'm.json');
  const atCommit: boolean[] = [];
  const inner = targetOf(9, async () => void atCommit.push(existsSync(path)));
  const target = await withManifest(inner, { path, about, rows: () => 2 });
  await target.write('é');
  await target.write('😀\n');
  await target.commit();
  await target.discard();
  expect(atCommit).toEqual([false]);
  expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({
    schema: 'x',
    rows: 2,
    bytes: 7,
    sha256: 'f26b68b6994ea006d176890661e1c0401f133bb6cffe91cecfc5bd0570921cb8',
  });
});

test('there is none when nobody read to the end, or the rows could not be written', async () => {
  const folder = newFolder();
  const manifest = { path: join(folder, 'm.json'), about, rows: () => 1 };
  const unread = await withManifest(targetOf(0, done), manifest);
  await unread.write('a\n');
  await unread.commit();
  await unread.discard();
  const full = targetOf(9, async () => Promise.reject(new Error('full')));
  const failing = await withManifest(full, manifest);
  await failing.write('a\n');
  await expect(failing.commit()).rejects.toThrow('full');
  await failing.discard();
  expect(readdirSync(folder)).toEqual([]);
});
