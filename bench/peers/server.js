import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

/**
 * A database server of a bench: on a socket in a temporary folder, as another user where we are
 * root (PostgreSQL refuses root).
 * @typedef {{ socket: string, version: string, pid: number, stop: () => Promise<void> }} Server
 */

const START_MS = 60_000;

/**
 * @param {string} name
 * @param {string} parent the folder in which its own is made
 * @param {string} user who runs it when we are root
 */
export function serverFolder(name, parent, user) {
  const folder = join(parent, name);
  mkdirSync(folder);
  const identity = process.getuid?.() === 0 ? identityOf(user) : undefined;
  if (identity !== undefined) {
    chmodSync(parent, 0o711); // its own folder is to be reached, nothing else
    chownSync(folder, identity.uid, identity.gid);
  }
  return { folder, identity };
}

/** @param {string} user @returns {{ uid: number, gid: number }} */
function identityOf(user) {
  const [uid, gid] = ['-u', '-g'].map((flag) =>
    Number(spawnSync('id', [flag, user], { encoding: 'utf8' }).stdout),
  );
  if (uid === undefined || gid === undefined || uid === 0 || Number.isNaN(uid + gid))
    throw new Error(`there is no user ${user} to run the server as`);
  return { uid, gid };
}

/**
 * Runs a command to its end and gives its output; throws when it fails.
 * @param {string} file
 * @param {readonly string[]} args
 * @param {import('node:child_process').SpawnSyncOptions} [options]
 */
export function runTool(file, args, options = {}) {
  const { status, stdout, stderr, error } = spawnSync(file, args, {
    ...options,
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`${file} ended with ${String(status)}: ${stderr || stdout}`);
  return stdout;
}

/**
 * Starts a server and waits until `isReady`; `stop` ends it with `signal` and waits for that. `pid` is
 * its first process.
 * @param {string} file
 * @param {readonly string[]} args
 * @param {{ uid: number, gid: number } | undefined} identity
 * @param {{ isReady: () => boolean, signal: NodeJS.Signals }} manners
 */
export async function startServer(file, args, identity, { isReady, signal }) {
  const child = spawn(file, args, { ...identity, stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr
    .setEncoding('utf8')
    .on('data', (/** @type {string} */ text) => (said = (said + text).slice(-2000)));
  const ended = new Promise((resolve) => child.once('close', resolve));
  const kill = () => child.kill(signal);
  process.prependOnceListener('exit', kill); // no server outlives its bench
  const stop = async () => {
    kill();
    await ended;
    process.off('exit', kill);
  };
  for (const deadline = Date.now() + START_MS; !isReady(); await wait(200)) {
    if (child.exitCode !== null || Date.now() > deadline) {
      await stop();
      throw new Error(`${file} did not start: ${said}`);
    }
  }
  return { pid: child.pid ?? 0, stop };
}
