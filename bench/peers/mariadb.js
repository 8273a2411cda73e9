import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { runTool, serverFolder, startServer } from './server.js';

/*
 * The server of peer (d), Debian's package mariadb-server. Everything fits its buffer pool; the
 * rest is as it comes.
 */

const SERVER = '/usr/sbin/mariadbd';

/** The server's program, or undefined where it is not installed. */
export function findMariadb() {
  return existsSync(SERVER) ? SERVER : undefined;
}

/**
 * @param {string} program
 * @param {string} parent
 * @returns {Promise<import('./server.js').Server>}
 */
export async function startMariadb(program, parent) {
  const { folder, identity } = serverFolder('mariadb', parent, 'mysql');
  const data = join(folder, 'data');
  const socket = join(folder, 'socket');
  runTool(
    'mariadb-install-db',
    [
      '--no-defaults',
      `--datadir=${data}`,
      '--auth-root-authentication-method=normal',
      '--skip-test-db',
    ],
    identity,
  );
  const isReady = () => existsSync(socket);
  const { pid, stop } = await startServer(
    program,
    [
      '--no-defaults',
      `--datadir=${data}`,
      `--socket=${socket}`,
      '--skip-networking',
      '--innodb-buffer-pool-size=2G',
      '--local-infile=1',
    ],
    identity,
    { isReady, signal: 'SIGTERM' },
  );
  return {
    socket,
    version: runTool(program, ['--version'])
      .trim()
      .replace(/^\S+\s+/, 'MariaDB '),
    pid,
    stop,
  };
}
