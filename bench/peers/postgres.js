import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SEGMENTS } from '../segments.js';
import { runTool, serverFolder, startServer } from './server.js';
import { createTables, INDEXES, TABLES } from './tables.js';

/*
 * Peer (c): the 100 segments in PostgreSQL, set-based, from psql. Its buffers hold everything; the
 * rest is as it comes, so each commit is on disk.
 */

const BINARIES = '/usr/lib/postgresql';
const SETTINGS = {
  shared_buffers: '4GB',
  work_mem: '256MB',
  maintenance_work_mem: '1GB',
  max_wal_size: '8GB',
};

/** The newest installed server's folder of programs, or undefined. */
export function findPostgres() {
  const versions = existsSync(BINARIES)
    ? readdirSync(BINARIES).sort((a, b) => Number(b) - Number(a))
    : [];
  return versions
    .map((version) => join(BINARIES, version, 'bin'))
    .find((folder) => existsSync(join(folder, 'postgres')));
}

/**
 * Starts a server with a cluster of its own, whose superuser is `bench`, on a socket alone.
 * @param {string} bin
 * @param {string} parent
 * @param {Readonly<Record<string, string>>} [chosen] settings, instead of the peer's
 * @returns {Promise<import('./server.js').Server>}
 */
export async function startPostgres(bin, parent, chosen = SETTINGS) {
  const { folder, identity } = serverFolder('postgres', parent, 'nobody');
  const data = join(folder, 'data');
  runTool(
    join(bin, 'initdb'),
    ['-A', 'trust', '-U', 'bench', '-E', 'UTF8', '--locale=C', '-D', data],
    identity,
  );
  const settings = Object.entries({
    ...chosen,
    listen_addresses: '',
    unix_socket_directories: folder,
  }).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const isReady = () => {
    try {
      runTool(join(bin, 'pg_isready'), ['-h', folder, '-q']);
      return true;
    } catch {
      return false;
    }
  };
  const { pid, stop } = await startServer(
    join(bin, 'postgres'),
    ['-D', data, ...settings],
    identity,
    { isReady, signal: 'SIGINT' },
  );
  const version = runTool(join(bin, 'postgres'), ['--version']).trim();
  return { socket: folder, version, pid, stop };
}

/**
 * @param {string} socket
 * @param {string} dump the folder that tables.js wrote
 */
export function loadPostgres(socket, dump) {
  const tables = createTables({
    key: 'bigint primary key',
    number: 'bigint',
    text: 'text',
    double: 'double precision',
  });
  const copies = Object.keys(TABLES).map(
    (table) => `\\copy ${table} from '${join(dump, `${table}.tsv`)}'`,
  );
  const members = [
    'create table memberships (segment_id integer not null, contact_id bigint not null, ' +
      'since bigint not null, via text not null, run_id integer, ' +
      'primary key (segment_id, contact_id))',
  ];
  psql(socket, [
    ...tables.map(end),
    ...copies,
    ...INDEXES.map(end),
    ...members.map(end),
    'vacuum analyze;',
  ]);
}

/**
 * Builds all segments anew; returns the milliseconds of psql's whole process.
 * @param {string} socket
 * @param {number} now
 */
export function buildPostgres(socket, now) {
  psql(socket, ['truncate memberships;', 'checkpoint;']);
  return psql(
    socket,
    SEGMENTS.map(
      ({ sql }, index) =>
        `insert into memberships select ${index + 1}, matching.*, ${now}, 'filter', 1 from (${sql(now)}) as matching;`,
    ),
  ).ms;
}

/** @param {string} socket @returns {Record<string, number>} */
export function membersOfPostgres(socket) {
  const { stdout } = psql(socket, [
    'select segment_id, count(*) from memberships group by segment_id;',
  ]);
  return Object.fromEntries(
    stdout
      .trim()
      .split('\n')
      .map((line) => line.split('|'))
      .map(([id, members]) => [SEGMENTS[Number(id) - 1]?.alias ?? '', Number(members)]),
  );
}

/** @param {string} statement */
const end = (statement) => `${statement};`;

/**
 * Runs a script; throws where a statement fails. Gives the rows without heads, with `|` between
 * their cells, and the milliseconds of psql's whole process.
 * @param {string} socket
 * @param {readonly string[]} statements
 * @param {string} [database]
 */
export function psql(socket, statements, database = 'postgres') {
  const folder = mkdtempSync(join(socket, 'psql-'));
  try {
    const file = join(folder, 'script.sql');
    writeFileSync(file, statements.join('\n'));
    const started = performance.now();
    const stdout = runTool('psql', [
      '-X',
      '-q',
      '-A',
      '-t',
      '-v',
      'ON_ERROR_STOP=1',
      '-h',
      socket,
      '-U',
      'bench',
      '-f',
      file,
      database,
    ]);
    return { ms: performance.now() - started, stdout };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
