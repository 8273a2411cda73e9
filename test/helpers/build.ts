import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, renameSync, rmSync, rmdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

const ROOT = new URL('../..', import.meta.url).pathname;
const CACHE = join(ROOT, 'node_modules/.cache/rollcall');
const SOURCES = ['src', 'bin', 'package.json', 'tsdown.config.ts'];

/**
 * Builds `dist` once before all tests if any source is newer: the tests of commands run the built
 * program.
 */
export default async function buildIfStale(): Promise<void> {
  if (!isStale()) return;
  mkdirSync(CACHE, { recursive: true });
  const release = await takeTurn(join(CACHE, 'building'));
  try {
    if (isStale()) build();
  } finally {
    release();
  }
}

/** Builds aside and swaps, so that a test run beside this one finds a whole `dist` at any time. */
function build(): void {
  const fresh = join(CACHE, `dist-${process.pid}`);
  execFileSync(
    process.execPath,
    [join(ROOT, 'node_modules/tsdown/dist/run.mjs'), '--out-dir', fresh, '--logLevel', 'error'],
    { cwd: ROOT, stdio: ['ignore', 'ignore', 'inherit'] },
  );
  const old = join(CACHE, `old-${process.pid}`);
  rmSync(old, { recursive: true, force: true });
  if (newest(join(ROOT, 'dist')) > 0) renameSync(join(ROOT, 'dist'), old);
  renameSync(fresh, join(ROOT, 'dist'));
  rmSync(old, { recursive: true, force: true });
}

function isStale(): boolean {
  const built = newest(join(ROOT, 'dist/main.cjs'));
  return SOURCES.some((source) => newest(join(ROOT, source)) > built);
}

/** When the newest file at or under a path was written, epoch ms; 0 when there is none. */
function newest(path: string): number {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) return 0;
  if (!found.isDirectory()) return found.mtimeMs;
  return Math.max(found.mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))));
}

/** Makes a folder as a lock; one left behind by a dead process counts for two minutes. */
async function takeTurn(lock: string): Promise<() => void> {
  for (;;) {
    try {
      mkdirSync(lock);
      return () => rmdirSync(lock);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      if (Date.now() - newest(lock) > 120_000) rmSync(lock, { recursive: true, force: true });
      await wait(200);
    }
  }
}
