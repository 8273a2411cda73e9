import { accessSync, constants } from 'node:fs';
import { findPostgres, psql, startPostgres } from '../peers/postgres.js';
import { serverMs, untilSettled } from './processor.js';

/** All others are as they come: each commit is on disk, autovacuum runs. */
const SETTINGS = { shared_buffers: '256MB' };
const USER = 'bench';

/** A server of the bench's own, in a folder, with a store in each of its databases. */
export class Cluster {
  #server;

  /**
   * @param {string} bin
   * @param {import('../peers/server.js').Server} server
   */
  constructor(bin, server) {
    this.bin = bin;
    this.#server = server;
  }

  /** @param {string} folder */
  static async start(folder) {
    const bin = findPostgres();
    if (bin === undefined) throw new Error('PostgreSQL is not installed here');
    accessSync('/dev/null', constants.W_OK);
    return new Cluster(bin, await startPostgres(bin, folder, SETTINGS));
  }

  get pid() {
    return this.#server.pid;
  }

  get socket() {
    return this.#server.socket;
  }

  async stop() {
    return this.#server.stop();
  }

  /** Its version and settings, for who reads the results. */
  describe() {
    const names = ['server_version', 'fsync', 'synchronous_commit', 'shared_buffers', 'autovacuum'];
    const shown = names.map((name) => this.run('postgres', `show ${name}`).trim());
    const [version = '', ...values] = shown;
    const settings = values.map((value, index) => `${names[index + 1] ?? ''} ${value}`);
    return `PostgreSQL ${version}, ${settings.join(', ')}, all else as it comes, on a socket`;
  }

  /** How rollcall is told of the store in the database. @param {string} database */
  url(database) {
    return `postgres://${USER}@/${database}?host=${encodeURIComponent(this.socket)}`;
  }

  /** How PostgreSQL's own programs are. @param {string} database */
  login(database) {
    return ['-h', this.socket, '-U', USER, '-d', database];
  }

  /**
   * Runs a script in the store's schema, as `psql` does.
   * @param {string} database
   * @param {readonly string[]} statements each without a semicolon, unless it begins with `\`
   */
  run(database, ...statements) {
    const ended = statements.map((one) => (one.startsWith('\\') ? one : `${one};`));
    return psql(this.socket, ['set search_path = rollcall, public;', ...ended], database).stdout;
  }

  /**
   * Makes a database, empty or as a copy of another one, in the place of the one of this name.
   * @param {string} database
   * @param {string} [template]
   */
  make(database, template) {
    this.drop(database);
    const copied = template === undefined ? '' : ` template ${template} strategy file_copy`;
    this.run('postgres', `create database ${database}${copied}`, 'checkpoint');
  }

  /** @param {string} database */
  drop(database) {
    this.run('postgres', `drop database if exists ${database}`);
  }

  /**
   * What `work` took, with the processor time of the server; whatever else the server does meanwhile
   * counts too.
   * @template {import('../measure.js').Timed} T
   * @param {() => Promise<T>} work
   * @returns {Promise<T & { cpuMs: number }>}
   */
  async charged(work) {
    const before = serverMs(this.pid);
    const timed = await work();
    await untilSettled(this.pid, ` ${USER} `);
    return { ...timed, cpuMs: (timed.cpuMs ?? 0) + serverMs(this.pid) - before };
  }
}
