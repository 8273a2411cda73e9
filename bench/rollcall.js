import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

export const BIN = new URL('../bin/rollcall.js', import.meta.url).pathname;
const LIBRARY = new URL('../dist/index.js', import.meta.url);

/**
 * The built library.
 * @returns {Promise<typeof import('../src/index.ts')>}
 */
export async function library() {
  requireBuild();
  return import(LIBRARY.href);
}

/**
 * Runs the built program and gives its standard output; throws when it fails.
 * @param {readonly string[]} args
 */
export function rollcall(...args) {
  requireBuild();
  const { status, stdout, stderr } = spawnSync(process.execPath, [BIN, ...args], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`rollcall ${args.join(' ')} ended with ${status}: ${stderr}`);
  return stdout;
}

function requireBuild() {
  if (!existsSync(LIBRARY)) throw new Error('build first: npm run build');
}
