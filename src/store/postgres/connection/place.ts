import { existsSync } from 'node:fs';
import { homedir, userInfo } from 'node:os';
import { join } from 'node:path';
import {
  type DatabaseUrl,
  DEFAULT_SCHEMA,
  locationOf,
  readDatabaseUrl,
} from '../../../support/database-url.ts';
import { EXIT, UserError } from '../../../support/errors.ts';

export type Env = Readonly<Record<string, string | undefined>>;

/** How far a server has to prove who it is. */
export type TlsMode = 'disable' | 'require' | 'verify-ca' | 'verify-full';

/** The paths of the files that TLS needs. */
export interface TlsFiles {
  /** Undefined for the authorities that Node knows. */
  readonly rootCertificate: string | undefined;
  readonly certificate: string | undefined;
  readonly key: string | undefined;
}

/** Where a store is, and how its server is reached. */
export interface Place {
  /** For messages: no secret is in it. */
  readonly location: string;
  readonly schema: string;
  /** A name, an address or the folder of a socket. */
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly database: string;
  /** That of the URL or of PGPASSWORD; that of a password file is looked up when it is asked for. */
  readonly password: string | undefined;
  readonly passwordFile: string;
  readonly applicationName: string | undefined;
  /** 0 waits for ever. */
  readonly connectTimeoutMs: number;
  readonly tls: TlsMode;
  readonly tlsFiles: TlsFiles;
}

const DEFAULT_PORT = 5432;
const DEFAULT_CONNECT_TIMEOUT_S = 30;
/** Where packages put the server's socket. */
const SOCKET_FOLDERS = ['/var/run/postgresql', '/run/postgresql', '/tmp'];

/**
 * Reads a store's URL. What it leaves out is taken from libpq's environment variables, then from
 * libpq's defaults. `UserError` (2).
 */
export function readPlace(url: string, env: Env = process.env): Place {
  const said = readDatabaseUrl(url);
  const server = serverOf(said, env);
  return {
    location: locationOf(url),
    schema: said.parameters.get('schema') ?? DEFAULT_SCHEMA,
    ...server,
    ...loginOf(said, env),
    applicationName: said.parameters.get('application_name') ?? variable(env, 'PGAPPNAME'),
    connectTimeoutMs: connectTimeoutMs(said, env),
    tls: tlsMode(said, server.host, env),
    tlsFiles: tlsFiles(said, env),
  };
}

/** What an environment variable says; undefined where it is not set, or empty. */
function variable(env: Env, name: string): string | undefined {
  const value = env[name];
  return value === '' ? undefined : value;
}

function serverOf(said: DatabaseUrl, env: Env): Pick<Place, 'host' | 'port'> {
  const port = said.port ?? numberOf('PGPORT', variable(env, 'PGPORT')) ?? DEFAULT_PORT;
  const host = said.host ?? variable(env, 'PGHOST') ?? findSocketFolder(port) ?? 'localhost';
  return { host, port };
}

function loginOf(
  said: DatabaseUrl,
  env: Env,
): Pick<Place, 'user' | 'database' | 'password' | 'passwordFile'> {
  const user = said.user ?? variable(env, 'PGUSER') ?? userInfo().username;
  return {
    user,
    database: said.database ?? variable(env, 'PGDATABASE') ?? user,
    password: said.password ?? variable(env, 'PGPASSWORD'),
    passwordFile: variable(env, 'PGPASSFILE') ?? join(homeOf(env), '.pgpass'),
  };
}

/** Whether the host is the folder of a socket. */
export function isSocket(host: string): boolean {
  return host.startsWith('/');
}

function homeOf(env: Env): string {
  return variable(env, 'HOME') ?? homedir();
}

function findSocketFolder(port: number): string | undefined {
  return SOCKET_FOLDERS.find((folder) => existsSync(join(folder, `.s.PGSQL.${port}`)));
}

function connectTimeoutMs({ parameters }: DatabaseUrl, env: Env): number {
  const seconds =
    numberOf('connect_timeout', parameters.get('connect_timeout')) ??
    numberOf('PGCONNECT_TIMEOUT', variable(env, 'PGCONNECT_TIMEOUT')) ??
    DEFAULT_CONNECT_TIMEOUT_S;
  return seconds * 1000;
}

function numberOf(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{1,6}$/.test(text)) return Number(text);
  throw new UserError('BAD_URL', EXIT.usage, `${name} must be a whole number`);
}

/**
 * A server beyond this machine has to prove who it is, unless something weaker is asked for.
 * Sockets have no TLS, as with libpq.
 */
function tlsMode({ parameters }: DatabaseUrl, host: string, env: Env): TlsMode {
  const word = parameters.get('sslmode') ?? variable(env, 'PGSSLMODE');
  const isHere = isSocket(host) || isLoopback(host);
  const mode = word === undefined ? (isHere ? 'disable' : 'verify-full') : tlsModeOf(word);
  return isSocket(host) ? 'disable' : mode;
}

function tlsModeOf(word: string): TlsMode {
  switch (word) {
    case 'disable':
    case 'require':
    case 'verify-ca':
    case 'verify-full':
      return word;
    case 'prefer':
    case 'allow':
      throw badTlsMode(`sslmode=${word} would go without TLS where an attacker asks for it`);
    default:
      throw badTlsMode('there is no such sslmode');
  }
}

function badTlsMode(message: string): UserError {
  return new UserError('BAD_URL', EXIT.usage, message, {
    hint: 'use verify-full, verify-ca, require or disable',
  });
}

function isLoopback(host: string): boolean {
  return /^(?:localhost|127(?:\.\d{1,3}){3}|::1)$/i.test(host);
}

/** Those that are named, or else those that libpq looks for in `~/.postgresql`. */
function tlsFiles({ parameters }: DatabaseUrl, env: Env): TlsFiles {
  const fileOf = (
    parameter: 'sslrootcert' | 'sslcert' | 'sslkey',
    usual: string,
  ): string | undefined => {
    const named = parameters.get(parameter) ?? variable(env, `PG${parameter.toUpperCase()}`);
    if (named === 'system' && parameter === 'sslrootcert') return undefined;
    const path = join(homeOf(env), '.postgresql', usual);
    return named ?? (existsSync(path) ? path : undefined);
  };
  return {
    rootCertificate: fileOf('sslrootcert', 'root.crt'),
    certificate: fileOf('sslcert', 'postgresql.crt'),
    key: fileOf('sslkey', 'postgresql.key'),
  };
}
