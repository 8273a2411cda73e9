#!/usr/bin/env node
/**
 * Checks of the source that do not run it: layout, types, lint, layers. Runs as many at a time as
 * there are processors, the longest first. The output of each is printed when it ends. Exits with 1
 * if one of them found something.
 */
import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';

const ROOT = new URL('..', import.meta.url);
const left = ['lint', 'types', 'layout', 'layers'];

/**
 * Runs a script of package.json and says whether it found nothing.
 * @param {string} script
 * @returns {Promise<boolean>}
 */
async function passes(script) {
  const child = spawn('npm', ['run', '--silent', script], { cwd: ROOT, shell: true });
  let printed = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (/** @type {string} */ text) => (printed += text));
  const status = await new Promise((resolve) => child.on('close', resolve));
  process.stdout.write(
    `npm run ${script}: ${status === 0 ? 'nothing found' : 'FAILED'}\n${printed}`,
  );
  return status === 0;
}

/** Runs scripts from the list until none is left; says whether all of them found nothing. */
async function work() {
  let all = true;
  for (let script = left.shift(); script !== undefined; script = left.shift())
    all = (await passes(script)) && all;
  return all;
}

const found = await Promise.all(Array.from({ length: availableParallelism() }, work));
process.exitCode = found.every(Boolean) ? 0 : 1;
