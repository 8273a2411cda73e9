import { EXIT, UserError } from './errors.ts';

/** The parameters that a store's URL may have; all but `schema` are libpq's. */
const PARAMETERS = [
  'schema',
  'host',
  'sslmode',
  'sslrootcert',
  'sslcert',
  'sslkey',
  'connect_timeout',
  'application_name',
] as const;
export type UrlParameter = (typeof PARAMETERS)[number];

/** That of a store whose URL names none. */
export const DEFAULT_SCHEMA = 'rollcall';

/** What a URL says, with percent-encoding undone; undefined is what it leaves out. */
export interface DatabaseUrl {
  readonly user: string | undefined;
  readonly password: string | undefined;
  /** A name, an address (of IPv6 without brackets) or the folder of a socket. */
  readonly host: string | undefined;
  readonly port: number | undefined;
  readonly database: string | undefined;
  readonly parameters: ReadonlyMap<UrlParameter, string>;
}

/** Whether a store's name is the URL of a database; all other names are those of files. */
export function isDatabaseUrl(name: string): boolean {
  return /^postgres(?:ql)?:\/\//.test(name);
}

/** Scheme, user and password, host and port, database, parameters, as libpq takes them apart. */
const PARTS =
  /^(?<scheme>postgres(?:ql)?:\/\/)(?:(?<login>[^@/]*)@)?(?<place>[^@/?]*)(?:\/(?<database>[^@/?]*))?(?:\?(?<query>.*))?$/su;

const PLACE = /^(?<host>\[[^\]]*\]|[^:,[\]]*)(?::(?<port>\d*))?$/u;

interface Parts {
  readonly scheme: string;
  readonly login: string | undefined;
  /** Host and port as they are written. */
  readonly place: string;
  readonly host: string;
  readonly port: string | undefined;
  readonly database: string | undefined;
  readonly query: string | undefined;
}

/** `UserError` (2), which shows nothing of a URL that it cannot take apart: a secret may be in it. */
export function readDatabaseUrl(url: string): DatabaseUrl {
  const parts = partsOf(url);
  const parameters = readParameters(parts.query ?? '');
  const host = decoded(parts.host.replace(/^\[(.*)\]$/, '$1'));
  if (host !== undefined && parameters.has('host')) throw badUrl('it names a host twice');
  return {
    ...readLogin(parts.login),
    host: parameters.get('host') ?? host,
    port: readPort(parts.port),
    database: decoded(parts.database),
    parameters,
  };
}

/** The parameters without which a URL names another store: none of them is a secret. */
const NAMING_PARAMETERS = ['host', 'schema'] as const;

/**
 * The URL for messages: without the password, and with those parameters alone that say which store
 * it is. Of a URL that cannot be read nothing is told, since its password may stand anywhere.
 */
export function locationOf(url: string): string {
  try {
    return withoutSecrets(url, NAMING_PARAMETERS);
  } catch {
    return 'postgres://…';
  }
}

/** The same without the schema, as the server's own tools take it. */
export function serverLocationOf(url: string): string {
  return withoutSecrets(url, ['host']);
}

function withoutSecrets(url: string, kept: readonly UrlParameter[]): string {
  const { parameters } = readDatabaseUrl(url);
  const { scheme, login = '', place, database } = partsOf(url);
  const user = login.replace(/:.*/s, '');
  return [
    scheme,
    user === '' ? '' : `${user}@`,
    place,
    database === undefined ? '' : `/${database}`,
    queryOf(kept, parameters),
  ].join('');
}

/** `?host=/run/postgresql&schema=crm` */
function queryOf(
  names: readonly UrlParameter[],
  parameters: ReadonlyMap<UrlParameter, string>,
): string {
  const pairs = names.flatMap((name) => {
    const value = parameters.get(name);
    // a slash needs no percent sign behind the question mark, and people read paths better so
    return value === undefined ? [] : `${name}=${encodeURIComponent(value).replaceAll('%2F', '/')}`;
  });
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`;
}

function partsOf(url: string): Parts {
  const parts = PARTS.exec(url)?.groups as Omit<Parts, 'host' | 'port'> | undefined;
  const place = PLACE.exec(parts?.place ?? '')?.groups as Pick<Parts, 'host' | 'port'> | undefined;
  if (parts === undefined || place === undefined)
    throw badUrl('it is not written as postgres://USER@HOST:PORT/DATABASE?schema=NAME');
  return { ...parts, ...place };
}

/** Refuses a password in a URL of the command line, where every process can read it. */
export function requireNoPassword(url: string): void {
  if (readDatabaseUrl(url).password === undefined) return;
  const message =
    'a command line must not hold a password: every process on the machine can read it';
  throw new UserError('PASSWORD_SHOWN', EXIT.usage, message, {
    hint: 'keep it in ~/.pgpass, in the file of PGPASSFILE or in PGPASSWORD, or put the URL in ROLLCALL_DB',
  });
}

function readLogin(login: string | undefined): Pick<DatabaseUrl, 'user' | 'password'> {
  if (login === undefined) return { user: undefined, password: undefined };
  const colon = login.indexOf(':');
  if (colon === -1) return { user: decoded(login), password: undefined };
  return { user: decoded(login.slice(0, colon)), password: decoded(login.slice(colon + 1)) };
}

function readPort(text: string | undefined): number | undefined {
  if (text === undefined || text === '') return undefined;
  const port = Number(text);
  if (port < 1 || port > 65_535) throw badUrl('its port does not lie between 1 and 65535');
  return port;
}

function readParameters(query: string): Map<UrlParameter, string> {
  const parameters = new Map<UrlParameter, string>();
  for (const pair of query === '' ? [] : query.split('&')) {
    const equals = pair.indexOf('=');
    const word = equals === -1 ? pair : pair.slice(0, equals);
    const name = PARAMETERS.find((known) => known === word);
    if (name === undefined) throw unknownParameter(word);
    if (parameters.has(name)) throw badUrl(`it has the parameter ${name} twice`);
    const value = equals === -1 ? undefined : decoded(pair.slice(equals + 1));
    if (value === undefined) throw badUrl(`its parameter ${name} has no value`);
    parameters.set(name, value);
  }
  return parameters;
}

function unknownParameter(word: string): UserError {
  // where a password holds `?`, what follows is part of it
  const named = /^[a-z_]{1,30}$/.test(word) ? ` ${word}` : '';
  return badUrl(`it has an unknown parameter${named}`, `there are ${PARAMETERS.join(', ')}`);
}

/** Undefined for what is left out or empty. */
function decoded(text: string | undefined): string | undefined {
  if (text === undefined || text === '') return undefined;
  let plain: string;
  try {
    plain = decodeURIComponent(text);
  } catch {
    throw badUrl('a % in it is not followed by the two digits of a byte');
  }
  if (plain.includes('\0')) throw badUrl('it holds a NUL');
  return plain;
}

function badUrl(
  why: string,
  hint = 'in a user, password or name write % as %25, : as %3A, / as %2F, @ as %40 and ? as %3F',
): UserError {
  return new UserError('BAD_URL', EXIT.usage, `the URL of the store cannot be used: ${why}`, {
    hint,
  });
}
