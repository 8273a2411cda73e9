import { execFileSync, spawn } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  chownSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { findBinaries } from './binaries.ts';

const GUARD = new URL('guard.js', import.meta.url).pathname;
/** Of `nobody`: a server refuses to run as root. */
const NOBODY = 65_534;
const PORT = 5432;
const READY_WITHIN_MS = 60_000;

export interface TestServer {
  /** Where its socket is. */
  readonly folder: string;
  readonly port: number;
  readonly stop: () => Promise<void>;
}

export interface ServerOptions {
  /** Ends the server with it. */
  readonly owner?: number;
  /** Of the socket too. */
  readonly port?: number;
  /** Lines of postgresql.conf. */
  readonly settings?: readonly string[];
  /** Lines of pg_hba.conf, instead of trust for whoever reaches the socket. */
  readonly access?: readonly string[];
  /** Further files of the data folder, by name. */
  readonly files?: Readonly<Record<string, string>>;
}

const SETTINGS = [
  "listen_addresses = ''",
  'fsync = off',
  'full_page_writes = off',
  'synchronous_commit = off',
  'max_connections = 100',
  'shared_buffers = 64MB',
  'autovacuum = off',
];

/** Starts a server of its own for one test file. */
export async function startOwnServer(options: ServerOptions = {}): Promise<TestServer> {
  return startServer(mkdtempSync(FOLDER), options);
}

/** How folders of servers begin: the name of a socket has at most a hundred bytes. */
export const FOLDER = '/tmp/rollcall-pg-';

/** Starts a server with a cluster of its own in `folder`, which goes with it. */
export async function startServer(
  folder: string,
  { owner = process.pid, port = PORT, settings = [], access, files = {} }: ServerOptions = {},
): Promise<TestServer> {
  const binaries = findBinaries();
  if (binaries === undefined) throw new Error('there is no PostgreSQL on this machine');
  if (isRoot()) chownSync(folder, NOBODY, NOBODY);
  const data = join(folder, 'data');
  asServer(folder, join(binaries, 'initdb'), ['-D', data, ...INIT_OPTIONS]);
  appendFileSync(join(data, 'postgresql.conf'), [...SETTINGS, ...settings, ''].join('\n'));
  if (access !== undefined) writeFileSync(join(data, 'pg_hba.conf'), `${access.join('\n')}\n`);
  for (const [name, text] of Object.entries(files)) putFile(join(data, name), text);
  const options = ['-D', data, '-k', folder, '-p', String(port)];
  startGuard(folder, owner, [join(binaries, 'postgres'), ...options]);
  await untilReady(join(folder, `.s.PGSQL.${port}`));
  return { folder, port, stop: async () => stopServer(folder) };
}

/** Runs the server until its owner ends. */
function startGuard(folder: string, owner: number, command: readonly string[]): void {
  const uid = isRoot() ? String(NOBODY) : '';
  spawn(process.execPath, [GUARD, folder, String(owner), uid, ...command], {
    detached: true,
    stdio: 'ignore',
  }).unref();
}

const INIT_OPTIONS = ['-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'];

/** Ends the server of this folder, if there is one, and removes the folder. */
export async function stopServer(folder: string): Promise<void> {
  const guard = join(folder, 'guard.pid');
  if (existsSync(guard)) process.kill(Number(readFileSync(guard, 'utf8')), 'SIGTERM');
  while (existsSync(guard)) await wait(20);
  rmSync(folder, { recursive: true, force: true });
}

function asServer(folder: string, program: string, args: readonly string[]): void {
  execFileSync(program, args, {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit'],
    ...(isRoot() ? { uid: NOBODY, gid: NOBODY } : {}),
  });
}

function putFile(path: string, text: string): void {
  writeFileSync(path, text);
  chmodSync(path, 0o600);
  if (isRoot()) chownSync(path, NOBODY, NOBODY);
}

function isRoot(): boolean {
  return process.geteuid?.() === 0;
}

/** A server that still starts takes no connection, or answers and closes it. */
async function untilReady(socket: string): Promise<void> {
  const until = Date.now() + READY_WITHIN_MS;
  while (!(await takesQuestions(socket))) {
    if (Date.now() > until) throw new Error(`no server at ${socket}`);
    await wait(20);
  }
}

/** Asks for TLS, to which a server says no on a socket, and nothing while it starts. */
async function takesQuestions(socket: string): Promise<boolean> {
  return new Promise((resolve) => {
    const stream = connect(socket, () => stream.write(STARTUP));
    stream.once('error', () => resolve(false));
    stream.once('data', (answer) => {
      stream.destroy();
      resolve(answer[0] === 'R'.charCodeAt(0));
    });
    stream.once('end', () => resolve(false));
  });
}

/** The message that begins a connection of `postgres`, to be answered by `R` where it may. */
const STARTUP = startupMessage({ user: 'postgres', database: 'postgres' });

function startupMessage(parameters: Readonly<Record<string, string>>): Buffer {
  const words = Object.entries(parameters).flat();
  const body = Buffer.from(`${words.join('\0')}\0\0`);
  const head = Buffer.alloc(8);
  head.writeInt32BE(body.length + 8);
  head.writeInt32BE(196_608, 4);
  return Buffer.concat([head, body]);
}
