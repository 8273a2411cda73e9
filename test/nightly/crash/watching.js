import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/**
 * What somebody saw who looked at the store in between.
 * @typedef {object} Sighting
 * @property {readonly (readonly [string, string])[]} view
 * @property {readonly string[]} problems
 */

/**
 * Starts a reader of the store; `end` kills it and gives all that it saw. As long as it lives the
 * store's log is not folded into its file.
 * @param {string} path
 * @param {boolean} untidy contacts were deleted with SQL
 * @returns {Promise<{ readonly end: () => Promise<readonly Sighting[]> }>}
 */
export async function watch(path, untidy) {
  const child = spawn(
    process.execPath,
    [new URL('watcher.js', import.meta.url).pathname, path, untidy ? 'untidy' : ''],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  /** @type {Sighting[]} */
  const seen = [];
  const closed = new Promise((resolve) => child.once('close', resolve));
  await new Promise((resolve, reject) => {
    child.once('close', () => reject(new Error('the reader ended by itself')));
    createInterface(child.stdout).on('line', (line) =>
      line === 'ready' ? resolve(undefined) : keep(seen, line),
    );
  });
  return {
    async end() {
      child.kill('SIGKILL');
      await closed;
      return seen;
    },
  };
}

/**
 * @param {Sighting[]} seen
 * @param {string} line
 */
function keep(seen, line) {
  // the last one may be cut short
  if (line.endsWith(']}')) seen.push(/** @type {Sighting} */ (JSON.parse(line)));
}
