import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';

/*
 * What the processes of a server have used, by /proc. The server's first process is the parent of
 * all others, and has in its own account what those used that have ended. Its clock counts in ticks
 * of a hundredth of a second.
 */

/** @typedef {{ parent: number, own: number, ended: number }} Account in ticks */

const TICK_MS = 1000 / Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));
const SETTLED_WITHIN_MS = 5000;

/**
 * The processor time of a server with all its processes, user and system, in milliseconds, since it
 * started.
 * @param {number} pid of its first process
 */
export function serverMs(pid) {
  for (;;) {
    const ended = accountOf(pid)?.ended;
    const live = childrenOf(pid).map(accountOf);
    const server = accountOf(pid);
    if (server === undefined) throw new Error(`the server ${pid} has ended`);
    if (server.ended !== ended || live.includes(undefined)) continue; // one has ended meanwhile
    return [server, ...live].reduce((sum, one) => sum + (one?.own ?? 0), server.ended) * TICK_MS;
  }
}

/**
 * Waits until no client is left, whose process does its last work after the client has gone.
 * @param {number} pid
 * @param {string} user as whom clients connect
 */
export async function untilSettled(pid, user) {
  const deadline = Date.now() + SETTLED_WITHIN_MS;
  while (Date.now() < deadline && childrenOf(pid).some((child) => titleOf(child).includes(user)))
    await wait(5);
}

/** @param {number} pid */
function childrenOf(pid) {
  return readdirSync('/proc')
    .map(Number)
    .filter((one) => one > 0 && accountOf(one)?.parent === pid);
}

/**
 * Undefined where there is no such process any more. The name, in brackets, may hold blanks.
 * @param {number} pid
 * @returns {Account | undefined}
 */
function accountOf(pid) {
  const text = read(pid, 'stat');
  if (text === '') return undefined;
  const fields = text
    .slice(text.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  const [parent = 0, user = 0, system = 0, childUser = 0, childSystem = 0] = [
    1, 11, 12, 13, 14,
  ].map((place) => fields[place]);
  return { parent, own: user + system, ended: childUser + childSystem };
}

/** @param {number} pid */
function titleOf(pid) {
  return read(pid, 'cmdline');
}

/**
 * @param {number} pid
 * @param {string} file
 */
function read(pid, file) {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}
